using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using TaskDsl.Generators;

namespace TaskDsl.Prompts.Tests.Templates;

/// <summary>A small project: one task, one prompt, through the whole generator.</summary>
internal static class Desk
{
    private const string Task = """
        task: clause_type
        summary: Names the kind of a clause.
        languages: [en, zh]
        input:
          clause: text
          note: text?
          facts: list<string>
        output:
          type:
            type: label
            labels:
              payment: {surfaces: {en: payment, zh: 付款}}
              other: {surfaces: {en: other, zh: 其他}}
        """;

    private static readonly IReadOnlyList<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Compiles a prompt file.</summary>
    public static (IReadOnlyList<string> Problems, string? Code, Compilation Compilation) Run(string prompt)
    {
        var compilation = CSharpCompilation.Create(
            "Desk",
            [],
            References,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                nullableContextOptions: NullableContextOptions.Enable
            )
        );
        ImmutableArray<AdditionalText> files = [new File("clause_type.task.yaml", Task), new File("a.prompt.yaml", prompt)];
        var result = CSharpGeneratorDriver
            .Create([new TaskDslGenerator().AsSourceGenerator()], files)
            .RunGeneratorsAndUpdateCompilation(compilation, out var output, out var diagnostics);
        var problems = diagnostics.Select(d =>
        {
            var (start, end) = (d.Location.GetLineSpan().StartLinePosition, d.Location.GetLineSpan().EndLinePosition);
            return $"{start.Line + 1},{start.Character + 1}-{end.Character + 1}: {d.Id}: {d.GetMessage()}";
        });
        var code = result
            .GetRunResult()
            .Results[0]
            .GeneratedSources.FirstOrDefault(s => s.HintName.StartsWith("a.prompt", StringComparison.Ordinal));
        return ([.. problems], code.SourceText?.ToString(), output);
    }

    /// <summary>Compiles a prompt file to a class, loaded.</summary>
    public static Compiled Compile(string prompt)
    {
        var (problems, _, compilation) = Run(prompt);
        if (problems.Count > 0)
            throw new InvalidOperationException(string.Join('\n', problems));
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        var diagnostics = emitted.Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning && d.Id != "CS1701").ToList();
        if (diagnostics.Count > 0)
            throw new InvalidOperationException(string.Join('\n', diagnostics));
        image.Position = 0;
        return new Compiled(new System.Runtime.Loader.AssemblyLoadContext(null).LoadFromStream(image));
    }

    /// <summary>Compiles a task file: the task, or null and the lines that have mistakes.</summary>
    public static (TaskDsl.Tasks.DslTask? Task, IReadOnlyList<int> Lines) CompileTask(string yaml, string className)
    {
        var compilation = CSharpCompilation.Create(
            "Desk",
            [],
            References,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                nullableContextOptions: NullableContextOptions.Enable
            )
        );
        CSharpGeneratorDriver
            .Create([new TaskDslGenerator().AsSourceGenerator()], [new File("a.task.yaml", yaml)])
            .RunGeneratorsAndUpdateCompilation(compilation, out var output, out var problems);
        if (problems.Length > 0)
            return (null, [.. problems.Select(d => d.Location.GetLineSpan().StartLinePosition.Line)]);
        using var image = new MemoryStream();
        // A user's build takes warnings for errors: so does this.
        var diagnostics = output.Emit(image).Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning && d.Id != "CS1701").ToList();
        if (diagnostics.Count > 0)
            throw new InvalidOperationException(string.Join('\n', diagnostics));
        image.Position = 0;
        var assembly = new System.Runtime.Loader.AssemblyLoadContext(null).LoadFromStream(image);
        return ((TaskDsl.Tasks.DslTask)assembly.GetType($"Desk.{className}")!.GetProperty("Task")!.GetValue(null)!, []);
    }

    /// <summary>The generated classes.</summary>
    public sealed class Compiled(System.Reflection.Assembly assembly)
    {
        public Prompt Prompt { get; } = (Prompt)assembly.GetType("Desk.APrompt")!.GetProperty("Default")!.GetValue(null)!;

        public object Output { get; } =
            Activator.CreateInstance(
                assembly.GetType("Desk.ClauseType+Output")!,
                Enum.ToObject(assembly.GetType("Desk.ClauseType+Output")!.GetProperties()[0].PropertyType, 0)
            )!;

        public object Input(string clause) =>
            Activator.CreateInstance(assembly.GetType("Desk.ClauseType+Input")!, clause, null, TaskDsl.Tasks.ValueList.Create<string>([]))!;

        public TaskDsl.Tasks.Example Example(string clause) =>
            (TaskDsl.Tasks.Example)Activator.CreateInstance(assembly.GetType("Desk.ClauseType+Example")!, Input(clause), Output)!;
    }

    private sealed class File(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
