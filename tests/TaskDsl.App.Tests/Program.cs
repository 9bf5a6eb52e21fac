using TaskDsl.App;
using TaskDsl.App.Tests.Hub;
using Xunit.Runner.InProc.SystemConsole;

// Tests of signals and exit codes start this program as a child that trains, runs a pipeline, exports, or looks at the machine; 'dotnet
// test' starts it as what runs the tests.
// One that fetches has a project on a hub.
return args is ["fetch", ..] ? await TaskApp.RunAsync(args, HubDesk.OfModel)
    : args is ["train" or "run" or "doctor" or "export", ..] ? await TaskApp.RunAsync(args, TaskCatalog.Default)
    : await ConsoleRunner.Run(args);
