// Trains TensorFlow Playground's network (nn.js, the first argument) as it is told line by line.
//
// backProp sets the error of the first output only; those of the others are set here beforehand,
// with Playground's own error function, and it leaves them as they are.

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const nn = await import(pathToFileURL(process.argv[2]).href);
const { Activations, Errors } = nn;
let network, outputs, work, position;

function reset() {
  const ids = work.inputs[0].map((_, i) => `x${i}`);
  network = nn.buildNetwork(work.sizes, Activations.RELU, Activations.LINEAR, null, ids);
  outputs = network[network.length - 1];
  position = 0;
  network.slice(1).forEach((layer, l) =>
    layer.forEach((node, i) => {
      node.bias = work.b[l][i];
      node.inputLinks.forEach((link, j) => (link.weight = work.W[l][i][j]));
    }),
  );
}

function run(updates) {
  const { inputs, targets, learningRate } = work;
  for (let update = 0; update < updates; update++) {
    const target = targets[position];
    nn.forwardProp(network, inputs[position]);
    for (let i = 1; i < outputs.length; i++) {
      outputs[i].outputDer = Errors.SQUARE.der(outputs[i].output, target[i]);
    }
    nn.backProp(network, target[0], Errors.SQUARE);
    nn.updateWeights(network, learningRate, 0);
    position = position + 1 === inputs.length ? 0 : position + 1;
  }
}

function loss() {
  let sum = 0;
  work.inputs.forEach((input, n) => {
    nn.forwardProp(network, input);
    outputs.forEach((node, i) => (sum += Errors.SQUARE.error(node.output, work.targets[n][i])));
  });
  return sum / work.inputs.length;
}

for await (const line of createInterface({ input: process.stdin })) {
  const [order, value] = JSON.parse(line);
  let answer = 0;
  if (order === "work") work = value;
  else if (order === "reset") reset();
  else if (order === "loss") answer = loss();
  else {
    const start = performance.now();
    run(value);
    answer = (performance.now() - start) / 1000;
  }
  console.log(JSON.stringify(answer));
}
