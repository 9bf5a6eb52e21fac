return await TaskDsl.App.TaskApp.RunAsync(args, TaskCatalog.Default);
