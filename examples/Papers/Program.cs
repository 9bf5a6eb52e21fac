using Papers.Proving;

return await TaskApp.RunAsync(args, TaskCatalog.Default, verbs: [ProveVerb.Create(TaskCatalog.Default)]);
