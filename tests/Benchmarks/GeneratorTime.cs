using System.Diagnostics;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TaskDsl.Testing;

namespace TaskDsl.Benchmarks;

/// <summary>
/// What the generator costs over 1,000 files: a clean run, then edits as an editor makes them. First the generator driver's run alone,
/// then what follows in the compiler, the parsed code added to the compilation. Beside it Roslyn's own floor: a generator over the same
/// files that does nothing, and one that writes each file's text as a comment.
/// </summary>
internal static class GeneratorTime
{
    private const int Files = 1000;
    private const int Rounds = 101;

    public static void Run()
    {
        var project = Project();
        Console.WriteLine($"files: {project.Files.Count - 1}");
        var recipe = ProjectFile.Of("recipes/r7.recipe.yaml", Recipe(7).Replace("rank: 8", "rank: 16", StringComparison.Ordinal));
        var task = ProjectFile.Of("tasks/t7.task.yaml", Task(7).Replace("[glad, sad]", "[glad, sad, calm]", StringComparison.Ordinal));
        var first = project.Run();
        var written = first.Files.Sum(f => f.Text.Length);
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"generated: {first.Files.Count} files, {written / 1e6:0.0} million characters")
        );
        Console.WriteLine($"{"", -34} {"driver's run", 14} {"least", 8} {"with trees", 12} {"least", 8}   (median of {Rounds}, ms)");

        Measure("clean", () => project.Run(), rounds: 15);
        Measure("nothing edited", () => first.Again(project));
        Measure("one recipe edited", () => first.Again(project.Add(recipe)));
        Measure("one task edited", () => first.Again(project.Add(task)));
        Measure("a blank line in a task", () => first.Again(project.Add("tasks/t7.task.yaml", "\n" + Task(7))));
        Measure("one recipe broken", () => first.Again(project.Add("recipes/r7.recipe.yaml", "recipe: [")));
        Measure("unrelated C# edited", () => first.Again(project.AddSource("a.cs", "class A { int b; }")));
        Floor("floor: it does nothing", new Idle(), project, task);
        Floor("floor: it writes a file for each", new Copying(), project, task);
    }

    private static void Measure(string what, Func<GeneratorRun> run, int rounds = Rounds)
    {
        var (alone, whole) = (new double[rounds], new double[rounds]);
        for (var i = -rounds; i < rounds; i++)
        {
            var ran = run();
            var start = Stopwatch.GetTimestamp();
            _ = ran.Compilation.SyntaxTrees.Length;
            if (i >= 0)
                (alone[i], whole[i]) = (ran.Took.TotalMilliseconds, (ran.Took + Stopwatch.GetElapsedTime(start)).TotalMilliseconds);
        }

        Print(what, alone, whole);
    }

    private static void Floor(string what, IIncrementalGenerator generator, GeneratorProject project, ProjectFile edited)
    {
        var compilation = CSharpCompilation.Create("Floor", references: project.References);
        var first = CSharpGeneratorDriver
            .Create([generator.AsSourceGenerator()], project.Files.Values)
            .RunGenerators(compilation)
            .ReplaceAdditionalText(project.Files[edited.Path], edited);
        var (alone, whole) = (new double[Rounds], new double[Rounds]);
        for (var i = -Rounds; i < Rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var ran = first.RunGenerators(compilation);
            var run = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            _ = compilation.AddSyntaxTrees(ran.GetRunResult().GeneratedTrees).SyntaxTrees.Length;
            if (i >= 0)
                (alone[i], whole[i]) = (run, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Print(what, alone, whole);
    }

    private static void Print(string what, double[] alone, double[] whole)
    {
        Array.Sort(alone);
        Array.Sort(whole);
        var middle = alone.Length / 2;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what, -34} {alone[middle], 14:0.0} {alone[0], 8:0.0} {whole[middle], 12:0.0} {whole[0], 8:0.0}"
            )
        );
    }

    private static GeneratorProject Project()
    {
        var project = new GeneratorProject().Add("models/base/config.json");
        for (var i = 0; i < Files; i++)
        {
            project = (i % 3) switch
            {
                0 => project.Add($"tasks/t{i / 3}.task.yaml", Task(i / 3)),
                1 => project.Add(
                    $"prompts/t{i / 3}.prompt.yaml",
                    $"prompt: t{i / 3}\ntask: t{i / 3}\nlanguages: {{en: {{user: [\"Which mood? {{{{ sentence }}}}\"]}}}}\n"
                ),
                _ => project.Add($"recipes/r{i / 3}.recipe.yaml", Recipe(i / 3)),
            };
        }

        return project;
    }

    private static string Task(int n) =>
        $"task: t{n}\nsummary: Names the mood.\ninput: {{sentence: text}}\noutput: {{mood: {{type: label, labels: [glad, sad]}}}}\n";

    private static string Recipe(int n) =>
        $"recipe: r{n}\nmodel: models/base\ntasks: [t{n}]\ntuning: {{lora: {{rank: 8}}}}\noptimizer: {{adamw: {{learning_rate: 2e-3}}}}\n";

    private sealed class Idle : IIncrementalGenerator
    {
        public void Initialize(IncrementalGeneratorInitializationContext context) =>
            context.RegisterSourceOutput(context.AdditionalTextsProvider.Select((text, _) => text.Path), (_, _) => { });
    }

    private sealed class Copying : IIncrementalGenerator
    {
        public void Initialize(IncrementalGeneratorInitializationContext context) =>
            context.RegisterSourceOutput(
                context.AdditionalTextsProvider.Select((text, cancellation) => (text.Path, Text: text.GetText(cancellation)!.ToString())),
                (output, file) => output.AddSource($"{file.Path}.g.cs", $"// {file.Text.Replace("\n", "\n// ", StringComparison.Ordinal)}")
            );
    }
}
