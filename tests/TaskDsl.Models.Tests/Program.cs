using TaskDsl.App;
using Xunit.Runner.InProc.SystemConsole;

// Tests of several processes start this program as a child; 'dotnet test' starts it as what runs the tests.
return args is ["embed" or "inspect" or "schema" or "train" or "predict", ..]
    ? await TaskApp.RunAsync(args, TaskCatalog.Default)
    : await ConsoleRunner.Run(args);
