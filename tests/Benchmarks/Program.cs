using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/Benchmarks -- --filter '*RecordReading*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
