namespace TaskDsl.Generators.Tests.Packaging;

/// <summary>
/// Two libraries that hold YAML and data, one behind the other, and an application with recipes and pipelines over both: built, run and
/// trained from the packages alone.
/// </summary>
[Trait("Category", "Long")]
public sealed class SeveralProjectsTests(Feed feed) : IClassFixture<Feed>
{
    private const string Library = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="TaskDsl.App" Version="*" />
            <PackageReference Include="TaskDsl.Generators" Version="*" PRIVATE />
            REFERENCE
          </ItemGroup>
        </Project>
        """;

    private const string Private = "PrivateAssets=\"all\"";

    [Fact]
    public void Each_has_its_own_folder_and_all_are_one_desk()
    {
        var folder = feed.NewFolder("several");
        Projects(folder);
        var desk = Path.Combine(folder, "Desk");
        Assert.Equal("0 mood, taken, tone, way", Dotnet.Do(desk, "run", "--", "names").Trim().Split('\n')[^1]);
        // From another folder, each task's data lies in its own project's.
        var trained = Dotnet.Do(folder, "run", "--no-build", "--project", "Desk", "--", "train", "both");
        Assert.Matches("mood .*accuracy", trained);
        Assert.Matches("tone .*accuracy", trained);
        Assert.True(File.Exists(Path.Combine(desk, "runs", "both", "report.html")));
        // A library's recipe runs in the application, and leaves its runs there.
        Dotnet.Do(desk, "run", "--no-build", "--", "train", "of_mood");
        Assert.True(Directory.Exists(Path.Combine(desk, "runs", "of_mood", "best")));
        Assert.False(Directory.Exists(Path.Combine(folder, "Mood", "runs")));
        // A pipeline over all; what a library's data has become is made anew.
        Assert.Contains("holds: ", Dotnet.Do(desk, "run", "--no-build", "--", "run", "all"), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "it has not run yet",
            Dotnet.Do(desk, "run", "--no-build", "--", "run", "all", "--dry"),
            StringComparison.Ordinal
        );
        File.AppendAllText(Path.Combine(folder, "Mood", "data", "mood.jsonl"), "{\"text\": \"new and good\", \"mood\": \"good\"}\n");
        Assert.Contains("mood.jsonl", Dotnet.Do(desk, "run", "--no-build", "--", "run", "all", "--dry"), StringComparison.Ordinal);

        // A mistake in what is named is told in the application, at its place; one in the library there.
        var pipeline = Path.Combine(desk, "pipelines", "all.pipeline.yaml");
        File.WriteAllText(pipeline, File.ReadAllText(pipeline).Replace("tasks: [mood,", "tasks: [moot,", StringComparison.Ordinal));
        var (code, output) = Dotnet.Run(desk, "build", "--no-restore");
        Assert.NotEqual(0, code);
        Assert.Matches(@"pipelines.all\.pipeline\.yaml\(\d+,\d+\): error TDSL1201: .* 'moot'; did you mean 'mood'\?", output);
    }

    [Fact]
    public void A_generator_that_nobody_asked_for_writes_nothing()
    {
        var folder = feed.NewFolder("uninvited");
        Project(folder, "Mood", "mood", "", privately: "");
        var program = Path.Combine(folder, "Program");
        Write(
            program,
            "Program.csproj",
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <RootNamespace>Another</RootNamespace>
              </PropertyGroup>
              <ItemGroup><ProjectReference Include="../Mood/Mood.csproj" /></ItemGroup>
            </Project>
            """
        );
        Write(
            program,
            "Program.cs",
            """
            using Mood;
            return await TaskDsl.App.TaskApp.RunAsync(args, TaskCatalog.Default);

            namespace Another { class Nothing; }
            """
        );
        Assert.Contains("mood", Dotnet.Do(program, "run", "--", "list"), StringComparison.Ordinal);
    }

    private static void Projects(string folder)
    {
        Project(folder, "Mood", "mood", "");
        Project(folder, "Tone", "tone", "<ProjectReference Include=\"../Mood/Mood.csproj\" />");
        Write(Path.Combine(folder, "Mood"), "recipes/of_mood.recipe.yaml", Recipe("of_mood", "mood"));
        // A task that a library takes from a folder that is no project's is the library's all the same.
        Project(folder, "Shared", "taken", "");
        File.Delete(Path.Combine(folder, "Shared", "Shared.csproj"));
        File.Move(Path.Combine(folder, "Shared", "data", "taken.jsonl"), Path.Combine(folder, "Tone", "data", "taken.jsonl"));
        var tone = Path.Combine(folder, "Tone", "Tone.csproj");
        File.WriteAllText(
            tone,
            File.ReadAllText(tone)
                .Replace(
                    "</Project>",
                    "<ItemGroup><AdditionalFiles Include=\"../Shared/*/*.yaml\" TaskDslKind=\"definition\" /></ItemGroup></Project>",
                    StringComparison.Ordinal
                )
        );
        Write(
            Path.Combine(folder, "Desk"),
            "prompts/taken_here.prompt.yaml",
            "prompt: taken_here\ntask: taken\nlanguages:\n  en: {user: [\"{{ text }}\"]}\n"
        );
        var desk = Project(folder, "Desk", "way", "<ProjectReference Include=\"../Tone/Tone.csproj\" />", type: "Exe");
        Write(desk, "recipes/both.recipe.yaml", Recipe("both", "mood, tone, way"));
        Write(
            desk,
            "pipelines/all.pipeline.yaml",
            """
            pipeline: all
            steps:
              own: {train: both}
              theirs: {train: of_mood}
              scores: {evaluate: {models: [$own], tasks: [mood, tone]}}
            expect:
              - scores.own.accuracy ~> -1 * scores.own.accuracy - 1
            """
        );
        Write(
            desk,
            "Program.cs",
            """
            using Mood;
            using Tone;

            if (args is not ["names"])
                return await TaskApp.RunAsync(args, TaskCatalog.Default);
            // Whose classes are meant is clear, whatever namespaces are used.
            Console.WriteLine($"{Recipes.Both.Tasks.Count - 3} {string.Join(", ", TaskCatalog.Default.Tasks.Select(t => t.Name).Order())}");
            return global::Tone.Tone.Task.ProjectDirectory == TaskCatalog.Default.ProjectDirectory ? 1 : 0;
            """
        );
    }

    private static string Project(
        string folder,
        string name,
        string task,
        string reference,
        string type = "Library",
        string privately = Private
    )
    {
        var project = Path.Combine(folder, name);
        Write(
            project,
            name + ".csproj",
            Library
                .Replace("PRIVATE", privately, StringComparison.Ordinal)
                .Replace("REFERENCE", reference, StringComparison.Ordinal)
                .Replace("<Nullable>", $"<OutputType>{type}</OutputType><Nullable>", StringComparison.Ordinal)
        );
        Write(
            project,
            $"tasks/{task}.task.yaml",
            $$"""
            task: {{task}}
            input:
              text: text
            output:
              {{task}}: {type: label, labels: [good, bad]}
            examples: [data/{{task}}.jsonl]
            metrics: [accuracy]
            """
        );
        Write(
            project,
            $"prompts/{task}.prompt.yaml",
            $$$"""
            prompt: {{{task}}}
            task: {{{task}}}
            languages:
              en: {user: ["{{ text }} {{ labels | array.join ' or ' }}?"]}
            """
        );
        Write(
            project,
            $"data/{task}.jsonl",
            string.Concat(
                Enumerable
                    .Range(0, 30)
                    .Select(i =>
                        $$"""{"text": "{{(i % 2 == 0 ? "fine" : "poor")}} {{i}}", "{{task}}": "{{(i % 2 == 0 ? "good" : "bad")}}"}""" + "\n"
                    )
            )
        );
        return project;
    }

    private static string Recipe(string name, string tasks) =>
        $$$"""
            recipe: {{{name}}}
            model: {decoder: {vocabulary_size: 300, hidden_size: 32, layers: 1, heads: 2, max_positions: 128}}
            tasks: [{{{tasks}}}]
            batch: {rows: 8, sequence_length: 128}
            budget: {steps: 3}
            """;

    private static void Write(string folder, string path, string text)
    {
        var file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
