using System.CommandLine;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Verbs;

/// <summary><c>schema</c>: writes the JSON Schemas of the YAML files, the project's own words among them.</summary>
internal static class SchemaVerb
{
    public static Command Create(Session session)
    {
        var output = new Option<DirectoryInfo>("--out")
        {
            Description = "The folder to write to.",
            DefaultValueFactory = _ => new DirectoryInfo("schema"),
        };
        var command = new Verb("schema", "Write the JSON Schemas that editors complete and check the YAML files by.", "--out schema")
        {
            output,
        };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetValue(output)!;
            folder.Create();
            var words = Words.Of(session.Catalog.Assembly);
            foreach (var (kind, _) in words.Documents)
            {
                var path = Path.Combine(folder.FullName, $"{kind}.schema.json");
                File.WriteAllText(path, JsonSchema.Write(words, kind));
                session.WriteLine(path);
            }

            return TaskApp.Success;
        });
        return command;
    }
}
