using Papers.Proving;
using RealData;

PublicData.Link();
return await TaskApp.RunAsync(args, TaskCatalog.Default, verbs: [ProveVerb.Create(TaskCatalog.Default)]);
