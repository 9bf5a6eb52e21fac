using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TaskDsl.Generators;

namespace TaskDsl.Testing;

/// <summary>What the generator made of a project.</summary>
public sealed class GeneratorRun
{
    private readonly GeneratorProject project;
    private readonly CSharpCompilation given;
    private readonly GeneratorDriver driver;
    private CSharpCompilation? whole;
    private bool isSound;

    private GeneratorRun(GeneratorProject project, CSharpCompilation given, GeneratorDriver driver, CancellationToken cancellationToken)
    {
        (this.project, this.given) = (project, given);
        var start = Stopwatch.GetTimestamp();
        this.driver = driver.RunGenerators(given, cancellationToken);
        Took = Stopwatch.GetElapsedTime(start);
        Result = this.driver.GetRunResult();
        // Roslyn turns a generator's exception into a warning and no code; a test must not overlook it.
        if (Result.Results[0].Exception is { } thrown)
            throw new InvalidOperationException($"The generator threw: {thrown.Message}", thrown);
        Files =
        [
            .. Result
                .Results[0]
                .GeneratedSources.Select(source => new GeneratedFile(source.HintName, source.SourceText.ToString()))
                .OrderBy(file => file.HintName, StringComparer.Ordinal),
        ];
        Diagnostics =
        [
            .. Result
                .Diagnostics.OrderBy(d => d.Location.GetLineSpan().Path, StringComparer.Ordinal)
                .ThenBy(d => d.Location.GetLineSpan().StartLinePosition)
                .ThenBy(d => d.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// Roslyn's own account of the run, with steps and their reasons where <see cref="GeneratorProject.TrackSteps"/> asks for them.
    /// </summary>
    public GeneratorDriverRunResult Result { get; }

    /// <summary>The generated files, by name.</summary>
    public IReadOnlyList<GeneratedFile> Files { get; }

    /// <summary>What the generator reports, by place.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    /// <summary>How long the generator driver ran: what the compiler waits for at an edit, before it takes the generated code in.</summary>
    public TimeSpan Took { get; }

    /// <summary>The project's C# and the generated code, compiled together with nullable checks, every warning an error.</summary>
    public CSharpCompilation Compilation => whole ??= given.AddSyntaxTrees(Result.GeneratedTrees);

    /// <summary>The text of a generated file.</summary>
    /// <param name="hintName">Its name, as <c>tasks/key_terms.task.g.cs</c>.</param>
    public string this[string hintName] =>
        Files.FirstOrDefault(file => file.HintName == hintName)?.Text
        ?? throw new SnapshotException(
            $"Nothing named '{hintName}' was generated, only: {string.Join(", ", Files.Select(file => file.HintName))}.\n{Report()}"
        );

    /// <summary>Each diagnostic as the build prints it, with its line and a caret under the place.</summary>
    public string Report() => DiagnosticText.Report(Diagnostics, project.Files);

    /// <summary>Runs again over the edited project, as an editor does: what the edit does not touch is taken from this run.</summary>
    public GeneratorRun Again(GeneratorProject edited, CancellationToken cancellationToken = default)
    {
        var next = driver;
        foreach (var (path, file) in project.Files)
        {
            if (!edited.Files.TryGetValue(path, out var now))
                next = next.RemoveAdditionalTexts([file]);
            else if (!ReferenceEquals(now, file))
                next = next.ReplaceAdditionalText(file, now);
        }

        next = next.AddAdditionalTexts([.. edited.Files.Where(file => !project.Files.ContainsKey(file.Key)).Select(file => file.Value)]);
        if (edited.RootNamespace != project.RootNamespace || edited.Folder != project.Folder)
            next = next.WithUpdatedAnalyzerConfigOptions(new ProjectConfig(edited));

        var compilation = given;
        foreach (var (path, tree) in project.Sources)
        {
            if (!edited.Sources.TryGetValue(path, out var now))
                compilation = compilation.RemoveSyntaxTrees(tree);
            else if (!ReferenceEquals(now, tree))
                compilation = compilation.ReplaceSyntaxTree(tree, now);
        }

        compilation = compilation.AddSyntaxTrees(
            edited.Sources.Where(source => !project.Sources.ContainsKey(source.Key)).Select(source => source.Value)
        );
        if (!edited.References.Equals(project.References))
            compilation = compilation.WithReferences(edited.References);
        return new GeneratorRun(edited, compilation, next, cancellationToken);
    }

    /// <summary>
    /// Fails unless the generator reported exactly these diagnostics, in order of place, each as
    /// <c>recipes/a.recipe.yaml(7,5): error TDSL1101: 'ranks' is not a property of lora; did you mean 'rank'?</c>, and the compiler finds
    /// no error in the generated code.
    /// </summary>
    /// <exception cref="SnapshotException">It reported more, fewer or others, or generated what does not compile.</exception>
    public GeneratorRun Reports(params string[] expected)
    {
        var found = Diagnostics.Select(DiagnosticText.Line).ToList();
        if (found.SequenceEqual(expected))
            return Sound();
        throw new SnapshotException(
            "The diagnostics are not "
                + "those expected (- expected, + "
                + $"reported):\n{TextDiff.Unified(Lines(expected), Lines(found))}\n{Report()}"
        );

        static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));
    }

    /// <summary>
    /// Fails where the project does not compile without a single warning, generated code included, or the generator reported anything.
    /// </summary>
    /// <exception cref="SnapshotException">It does not.</exception>
    public GeneratorRun Compiles()
    {
        Reports();
        var found = Compilation.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning).ToList();
        if (found.Count == 0)
            return this;
        throw new SnapshotException($"The code does not compile cleanly:\n{DiagnosticText.Compiler(found)}");
    }

    /// <summary>Compiles the project and loads it, so that a test can run what was generated.</summary>
    /// <exception cref="SnapshotException">It does not compile.</exception>
    public Assembly Load()
    {
        using var image = new MemoryStream(Image());
        return new AssemblyLoadContext(Compilation.AssemblyName, isCollectible: true).LoadFromStream(image);
    }

    /// <summary>The assembly that it compiles to.</summary>
    internal byte[] Image()
    {
        Compiles();
        using var image = new MemoryStream();
        var emitted = Compilation.Emit(image);
        return emitted.Success
            ? image.ToArray()
            : throw new SnapshotException($"The code does not compile:\n{DiagnosticText.Compiler(emitted.Diagnostics)}");
    }

    /// <summary>
    /// Holds every generated file against <c>Class.Method#Hint.verified.cs</c> beside the test, and the report of the diagnostics, if there
    /// are any, against <c>Class.Method.verified.txt</c>.
    /// </summary>
    /// <param name="parameters">What tells the cases of a theory apart: it is put behind the method's name, as <c>_en</c>. Default:
    /// nothing.
    /// </param>
    /// <param name="sourceFile">The test's file; the compiler gives it. The class that has the method in it gives its name.</param>
    /// <param name="method">The test's method; the compiler gives it.</param>
    /// <param name="line">The line of the call; the compiler gives it.</param>
    /// <exception cref="SnapshotException">Something differs.</exception>
    public GeneratorRun Verify(
        string parameters = "",
        [CallerFilePath] string sourceFile = "",
        [CallerMemberName] string method = "",
        [CallerLineNumber] int line = 0
    )
    {
        var snapshots = Files.ToDictionary(file => $"#{file.SnapshotName}", file => ("cs", file.Text), StringComparer.Ordinal);
        if (Diagnostics.Count > 0)
            snapshots.Add("", ("txt", Report()));
        Snapshot.VerifyAll(snapshots, parameters, sourceFile, method, line);
        return Sound();
    }

    /// <summary>
    /// Holds the report of the diagnostics alone against <c>Class.Method.verified.txt</c>; without diagnostics it is empty.
    /// </summary>
    /// <inheritdoc cref="Verify"/>
    public GeneratorRun VerifyDiagnostics(
        string parameters = "",
        [CallerFilePath] string sourceFile = "",
        [CallerMemberName] string method = "",
        [CallerLineNumber] int line = 0
    )
    {
        Snapshot.Verify(Report(), "txt", parameters, sourceFile, method, line);
        return Sound();
    }

    // Whatever is wrong with the YAML, the build shows what the generator says of it, and never an error in code that nobody wrote.
    private GeneratorRun Sound()
    {
        if (isSound)
            return this;
        var errors = Result
            .GeneratedTrees.SelectMany(tree => Compilation.GetSemanticModel(tree).GetDiagnostics())
            .Where(d => d.DefaultSeverity == DiagnosticSeverity.Error)
            .ToList();
        if (errors.Count > 0)
            throw new SnapshotException(
                $"The compiler finds errors in generated code, which no YAML should bring about:\n{DiagnosticText.Compiler(errors)}"
                    + (Diagnostics.Count == 0 ? "" : $"\nThe generator itself reported:\n{Report()}")
            );
        isSound = true;
        return this;
    }

    internal static GeneratorRun Begin(GeneratorProject project, CancellationToken cancellationToken)
    {
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            nullableContextOptions: NullableContextOptions.Enable,
            generalDiagnosticOption: ReportDiagnostic.Error
        );
        var compilation = CSharpCompilation.Create(
            project.RootNamespace.Length > 0 ? project.RootNamespace : "Project",
            project.Sources.Values,
            project.References,
            options
        );
        var driver = CSharpGeneratorDriver.Create(
            [new TaskDslGenerator().AsSourceGenerator()],
            project.Files.Values,
            GeneratorProject.ParseOptions,
            new ProjectConfig(project),
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, project.TrackSteps)
        );
        return new GeneratorRun(project, compilation, driver, cancellationToken);
    }
}
