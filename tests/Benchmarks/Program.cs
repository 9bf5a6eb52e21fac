using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/Benchmarks -- --filter '*RecordReading*'
// dotnet run -c Release --project tests/Benchmarks -- training-step [rounds] [threads]
if (args is ["training-step", ..]) TrainingStep.Run(args[1..]);
else BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
