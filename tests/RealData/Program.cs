if (RealData.PublicData.Link() is { } absent)
    await Console.Error.WriteLineAsync(absent);
return await TaskApp.RunAsync(args, TaskCatalog.Default);
