// mdl: times one ONNX model on ONNX Runtime and prints one JSON line: min_ms, median_ms, inputs, output_name, output.
// SPDX-License-Identifier: MIT
//
// usage: node ort_bench.mjs PACKAGE_FOLDER MODEL.onnx THREADS RUNS      (the folder in which onnxruntime-node was installed)
import { createRequire } from 'node:module';
import path from 'node:path';

const [folder, model, threads, runs] = process.argv.slice(2);
const ort = createRequire(path.join(path.resolve(folder), 'package.json'))('onnxruntime-node');
const warmUpRuns = 5;  // as many as `mdl bench`

const session = await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    interOpNumThreads: 1,
    intraOpNumThreads: Number(threads),
});

// Numbers from -1 to 1, the same as `mdl bench` takes.
let state = 1;
const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / (1 << 23) - 1;
};
const feeds = {};
const inputs = {};  // the shapes, for peers whose own files do not hold them
for (const input of session.inputMetadata) {
    if (input.type !== 'float32') throw new Error(`input ${input.name} is ${input.type}; this script feeds float32 only`);
    // A size that the model leaves open is a batch of one.
    const shape = input.shape.map(size => (typeof size === 'number' && size > 0 ? size : 1));
    inputs[input.name] = shape;
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, next);
    feeds[input.name] = new ort.Tensor('float32', values, shape);
}

const times = [];
let results = {};
for (let run = -warmUpRuns; run < Number(runs); ++run) {
    const begin = performance.now();
    results = await session.run(feeds);
    if (run >= 0) times.push(performance.now() - begin);
}
times.sort((a, b) => a - b);
const half = times.length >> 1;
const median = times.length % 2 ? times[half] : (times[half - 1] + times[half]) / 2;
const output_name = session.outputNames[0];
const output = Array.from(results[output_name].data.slice(0, 1000), Number);  // enough to see whether a peer computes the same
console.log(JSON.stringify({ min_ms: times[0], median_ms: median, inputs, output_name, output }));
