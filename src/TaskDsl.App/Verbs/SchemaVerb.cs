using System.CommandLine;
using TaskDsl.App.Sessions;
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
        var docs = new Option<FileInfo[]>("--docs")
        {
            Description = "Markdown files whose tables of words are written anew.",
            DefaultValueFactory = _ => [],
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Verb(
            "schema",
            "Write the JSON Schemas that editors complete and check the YAML files by, and the tables of words in Markdown files.",
            "--out schema",
            "--docs README.md docs/training.md"
        )
        {
            output,
            docs,
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

            foreach (var file in parsed.GetValue(docs)!)
            {
                var text = File.ReadAllText(file.FullName);
                var written = Written(words, file, text);
                if (written != text)
                    File.WriteAllText(file.FullName, written);
                session.WriteLine(file.FullName);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static string Written(Words words, FileInfo file, string text)
    {
        try
        {
            return WordTable.Write(words, text);
        }
        catch (WordException e)
        {
            throw new WordException($"{file}: {e.Message}");
        }
    }
}
