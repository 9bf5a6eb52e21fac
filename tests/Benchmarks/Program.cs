using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/Benchmarks -- --filter '*RecordReading*'
// dotnet run -c Release --project tests/Benchmarks -- training-step [rounds] [threads]
// dotnet run -c Release --project tests/Benchmarks -- generator-time
// dotnet run -c Release --project tests/Benchmarks -- dataset-building
// dotnet run -c Release --project tests/Benchmarks -- prompt-rendering
if (args is ["training-step", ..]) TrainingStep.Run(args[1..]);
else if (args is ["dataset-building"]) DatasetBuilding.Run();
else if (args is ["generator-time"]) GeneratorTime.Run();
else if (args is ["prompt-rendering"]) TaskDsl.Benchmarks.PromptRendering.Quick();
else BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
