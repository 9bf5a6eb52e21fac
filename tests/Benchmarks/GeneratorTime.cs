using System.Diagnostics;
using System.Globalization;
using TaskDsl.Testing;

namespace TaskDsl.Benchmarks;

/// <summary>
/// What the generator costs over 1,000 files: a clean run, then edits as an editor makes them. Includes Roslyn's parsing of what is
/// generated, which is most of it.
/// </summary>
internal static class GeneratorTime
{
    private const int Files = 1000;
    private const int Rounds = 15;

    public static void Run()
    {
        var project = Project();
        Console.WriteLine($"files: {project.Files.Count - 1}");
        project.Run();

        var recipe = project.Add("recipes/r7.recipe.yaml", Recipe(7).Replace("rank: 8", "rank: 16", StringComparison.Ordinal));
        var task = project.Add("tasks/t7.task.yaml", Task(7).Replace("[glad, sad]", "[glad, sad, calm]", StringComparison.Ordinal));
        var blank = project.Add("tasks/t7.task.yaml", "\n" + Task(7));
        var broken = project.Add("recipes/r7.recipe.yaml", "recipe: [");
        var csharp = project.AddSource("a.cs", "class A { int b; }");
        var first = project.Run();
        var written = first.Files.Sum(f => f.Text.Length);
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"generated: {first.Files.Count} files, {written / 1e6:0.0} million characters")
        );

        Measure("clean", () => project.Run());
        Measure("nothing edited", () => first.Again(project));
        Measure("one recipe edited", () => first.Again(recipe));
        Measure("one task edited", () => first.Again(task));
        Measure("a blank line in a task", () => first.Again(blank));
        Measure("one recipe broken", () => first.Again(broken));
        Measure("unrelated C# edited", () => first.Again(csharp));
    }

    private static void Measure(string what, Action action)
    {
        action();
        var times = new double[Rounds];
        for (var i = 0; i < Rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{what, -24} median {times[Rounds / 2], 8:0.0} ms   least {times[0], 8:0.0} ms")
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
}
