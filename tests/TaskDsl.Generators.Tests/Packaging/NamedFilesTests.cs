using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TaskDsl.Generators.Tests.Packaging;

/// <summary>What the YAML names is found by the build, whatever signs of MSBuild's stand in its name: this is what is published.</summary>
public sealed partial class NamedFilesTests
{
    private static readonly string[] Files =
    [
        "a.jsonl",
        "b; c.jsonl",
        "d|e.jsonl",
        "f%3Bg.jsonl",
        "h'i (1).jsonl",
        "@(j) $(k).jsonl",
        "l<m.jsonl",
    ];

    [Fact]
    public void Each_is_found_under_its_name()
    {
        var folder = Directory.CreateTempSubdirectory("taskdsl-");
        try
        {
            var desk = Desk.Empty;
            foreach (var file in Files)
                desk = desk.Add($"data/{file}");
            var sources = string.Join(", ", Files.Select(file => $"\"data/{file}\""));
            var code = desk.Add("t.task.yaml", $"task: t\ninput: {{a: text}}\noutput: {{b: text}}\nexamples: [{sources}]\n").Run()[
                "TaskCatalog.g.cs"
            ];
            // Beside the list lies what an assembly has; a folder that is named is found with all that is in it.
            var list = Paths().Match(code).Value.Replace("</", "|models/base</", StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(folder.FullName, "t.dll"), $"MZ\0{list}\0");
            Write("models/base/config.json");
            Write("data/other.jsonl");
            foreach (var file in Files)
                Write($"data/{file}");
            var targets = Path.Combine(Dotnet.Repository, "generators/TaskDsl.Generators/build/TaskDsl.Generators.targets");
            File.WriteAllText(
                Path.Combine(folder.FullName, "t.proj"),
                $"<Project><Import Project=\"{targets}\" /><ItemGroup><IntermediateAssembly Include=\"t.dll\" /></ItemGroup></Project>"
            );
            var (exit, output) = Dotnet.Run(folder.FullName, "msbuild", "t.proj", "-getTargetResult:TaskDslNamedFiles");
            Assert.True(exit == 0, output);
            var found = JsonNode.Parse(output)!["TargetResults"]!["TaskDslNamedFiles"]!["Items"]!.AsArray();
            Assert.Equal(
                Files.Select(file => $"data/{file}").Append("models/base/config.json").Order(StringComparer.Ordinal),
                found.Select(item => (string)item!["RelativePath"]!).Order(StringComparer.Ordinal)
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        void Write(string path)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder.FullName, path))!);
            File.WriteAllText(Path.Combine(folder.FullName, path), "{}\n");
        }
    }

    [GeneratedRegex("<taskdsl-paths>.*</taskdsl-paths>")]
    private static partial Regex Paths();
}
