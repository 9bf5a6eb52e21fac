RealData.PublicData.Link();
return await TaskApp.RunAsync(args, TaskCatalog.Default);
