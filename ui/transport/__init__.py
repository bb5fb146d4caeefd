"""The bars that control and show time: transport, phase strip, timeline."""
