return await TaskApp.RunAsync(args, TaskCatalog.Default);
