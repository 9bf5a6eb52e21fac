using TaskDsl.App;
using Xunit.Runner.InProc.SystemConsole;

// Tests of signals and exit codes start this program as a child that trains, runs a pipeline, or looks at the machine; 'dotnet test' starts
// it as what runs the tests.
return args is ["train" or "run" or "doctor", ..] ? await TaskApp.RunAsync(args, TaskCatalog.Default) : await ConsoleRunner.Run(args);
