using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/Benchmarks -- --filter '*RecordReading*'
// dotnet run -c Release --project tests/Benchmarks -- training-step [rounds] [threads]
// dotnet run -c Release --project tests/Benchmarks -- pytorch-step [rounds]
// dotnet run -c Release --project tests/Benchmarks -- chunked-loss [processes]
// dotnet run -c Release --project tests/Benchmarks -- activation-checkpointing [processes]
// dotnet run -c Release --project tests/Benchmarks -- optimizer-steps [rounds]
// dotnet run -c Release --project tests/Benchmarks -- generator-time
// dotnet run -c Release --project tests/Benchmarks -- dataset-building
// dotnet run -c Release --project tests/Benchmarks -- prompt-rendering
// dotnet run -c Release --project tests/Benchmarks -- checkpoint-loading [rounds]
// dotnet run -c Release --project tests/Benchmarks -- decoding [rounds] [threads]
// dotnet run -c Release --project tests/Benchmarks -- generation [rounds]
// dotnet run -c Release --project tests/Benchmarks -- tuning-methods [rounds] [words], or one [word]
// dotnet run -c Release --project tests/Benchmarks -- data-memory [records]
// dotnet run -c Release --project tests/Benchmarks -- memory-forecasts
// dotnet run -c Release --project tests/Benchmarks -- freed-pieces
// dotnet run -c Release --project tests/Benchmarks -- linear-maps [rounds]
// dotnet run -c Release --project tests/Benchmarks -- encoder-steps [data] [rounds]
// dotnet run -c Release --project tests/Benchmarks -- encoder-inference minilm.onnx [rounds] [threads]
// dotnet run -c Release --project tests/Benchmarks -- pipeline-times [rounds] [steps]
if (args is ["training-step", ..])
    TrainingStep.Run(args[1..]);
else if (args is ["memory-forecasts", ..])
    TaskDsl.Benchmarks.MemoryForecasts.Run(args[1..]);
else if (args is ["freed-pieces"])
    TaskDsl.Benchmarks.FreedPieces.Run();
else if (args is ["linear-maps", ..])
    TaskDsl.Benchmarks.LinearMaps.Run(args[1..]);
else if (args is ["encoder-steps", ..])
    TaskDsl.Benchmarks.EncoderSteps.Run(args[1..]);
else if (args is ["encoder-inference", ..])
    TaskDsl.Benchmarks.EncoderInference.Run(args[1..]);
else if (args is ["chunked-loss", ..])
    TaskDsl.Benchmarks.ChunkedLoss.Run(args[1..]);
else if (args is ["activation-checkpointing", ..])
    TaskDsl.Benchmarks.ActivationCheckpointing.Run(args[1..]);
else if (args is ["optimizer-steps", ..])
    TaskDsl.Benchmarks.OptimizerSteps.Run(args[1..]);
else if (args is ["pytorch-step", ..])
    TaskDsl.Benchmarks.PyTorchStep.Run(args[1..]);
else if (args is ["dataset-building"])
    DatasetBuilding.Run();
else if (args is ["data-memory", ..])
    TaskDsl.Benchmarks.DataMemory.Run(args[1..]);
else if (args is ["generator-time"])
    GeneratorTime.Run();
else if (args is ["prompt-rendering"])
    TaskDsl.Benchmarks.PromptRendering.Quick();
else if (args is ["checkpoint-loading", ..])
    TaskDsl.Benchmarks.CheckpointLoading.Run(args[1..]);
else if (args is ["pipeline-times", ..])
    TaskDsl.Benchmarks.PipelineTimes.Run(args[1..]);
else if (args is ["decoding", ..])
    TaskDsl.Benchmarks.Decoding.Run(args[1..]);
else if (args is ["generation", ..])
    TaskDsl.Benchmarks.Generation.Run(args[1..]);
else if (args is ["tuning-methods", ..])
    TaskDsl.Benchmarks.TuningMethods.Run(args[1..]);
else
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
