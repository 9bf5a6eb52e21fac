using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Columns;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Kinds;
using TaskDsl.Generators.Kinds.Task;
using TaskDsl.Generators.Values;
using TaskDsl.Generators.Vocabulary;

namespace TaskDsl.Generators;

/// <summary>
/// YAML text → document → bound to the vocabulary → C#. Each file goes its own way; what crosses files is the index of names and the
/// shapes of tasks, both value-equal, so that an edit costs the edited file only.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class TaskDslGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var options = context
            .AnalyzerConfigOptionsProvider.Combine(context.CompilationProvider.Select((c, _) => c.AssemblyName ?? ""))
            .Select((pair, _) => ProjectOptions.Read(pair.Left.GlobalOptions, pair.Right))
            .WithTrackingName("Options");

        var vocabulary = Own(context, "TaskDsl.Vocabulary.KeywordAttribute")
            .Combine(Own(context, "TaskDsl.Vocabulary.DocumentAttribute"))
            .Combine(context.CompilationProvider)
            .Select(
                (pair, cancellation) =>
                    VocabularyReader.Read(pair.Right, pair.Left.Left.AddRange(pair.Left.Right), KnownKinds.Compiled, cancellation)
            )
            .WithTrackingName("Vocabulary");

        var texts = context.AdditionalTextsProvider.Collect();
        var files = texts
            .Select((all, _) => new EquatableArray<string>(all.Select(text => text.Path)))
            .Combine(options)
            .Select((pair, _) => ProjectFiles.Of(pair.Left.Select(pair.Right.Relative)))
            .WithTrackingName("Files");

        var project = options
            .Combine(vocabulary)
            .Combine(files)
            .Select((pair, _) => new Project(pair.Left.Left, pair.Left.Right, pair.Right));

        // Each step below is a table with a row a file, and an edit of one file walks through all rows: steps are few.
        var documents = context
            .AdditionalTextsProvider.SelectMany((file, cancellation) => Some(DocumentFile.Read(file, KnownKinds.Of, cancellation)))
            .WithTrackingName("Document");

        var bound = documents
            .Combine(project)
            .Select((pair, cancellation) => BoundDocument.Bind(pair.Left, pair.Right, KnownKinds.Of, cancellation))
            .WithTrackingName("Bound");

        var all = bound.Collect();
        var index = all.Select(
                (documents, _) => new EquatableArray<IndexEntry>(documents.Select(d => d.Summary.Entry).OfType<IndexEntry>())
            )
            .Select((entries, _) => ProjectIndex.Of(entries))
            .WithTrackingName("Index");
        var shapes = all.Select((documents, _) => ShapeTable.Of(documents.Select(d => d.Summary))).WithTrackingName("Shapes");

        var code = bound
            .Combine(index.Combine(shapes).Combine(options).Select((pair, _) => new Scope(pair.Left.Left, pair.Left.Right, pair.Right)))
            .Select((pair, _) => ScopedDocument.Of(pair.Left, pair.Right))
            .WithTrackingName("Scope")
            .Select((document, cancellation) => Code.Emit(document, cancellation))
            .WithTrackingName("Code");

        // Two outputs: where a diagnostic moves, nothing is generated again.
        context.RegisterSourceOutput(code.SelectMany((c, _) => Some(c.Source)).WithTrackingName("Source"), (output, source) =>
            output.AddSource(source.HintName, source.Text)
        );
        context.RegisterSourceOutput(code.SelectMany((c, _) => c.Problems).WithTrackingName("Problems"), Report);

        // Without a reference to TaskDsl there is nothing that a catalogue could be made of.
        var knowsTasks = vocabulary
            .Combine(options)
            .Select((pair, _) => pair.Right.IsInvited && pair.Left.Document(TaskKind.Name) is not null);
        var paths = all.Select(
                (documents, _) =>
                    new EquatableArray<string>(
                        documents.SelectMany(d => d.Summary.Paths).Distinct().OrderBy(path => path, StringComparer.Ordinal)
                    )
            )
            .WithTrackingName("Paths");
        context.RegisterSourceOutput(index.Combine(paths).Combine(options).Combine(knowsTasks), (output, pair) =>
        {
            var (((names, named), build), knows) = pair;
            if (knows)
                output.AddSource("TaskCatalog.g.cs", CatalogEmitter.Emit(names, named, build));
        });

        var readers = all.SelectMany((documents, _) => documents.Where(TaskKind.HasSources));
        var named = readers
            .SelectMany((document, _) => TaskKind.Sources(document))
            .Collect()
            .Select((paths, _) => new SourcePaths(new(paths.Distinct().OrderBy(p => p.Path, StringComparer.Ordinal))))
            .WithTrackingName("Sources");
        var starts = texts
            .Combine(named)
            .Combine(options)
            .SelectMany((pair, _) => pair.Left.Right.In(pair.Left.Left, pair.Right.Relative))
            .SelectMany((file, cancellation) => Some(FileStart.Read(file, cancellation)))
            .WithTrackingName("Start")
            .Collect()
            .Select((found, _) => new EquatableArray<FileStart>(found))
            .WithTrackingName("Starts");
        context.RegisterSourceOutput(readers.Combine(starts).SelectMany((pair, _) => TaskKind.Check(pair.Left, pair.Right)), Report);
    }

    private static void Report(SourceProductionContext output, Problem problem) => output.ReportDiagnostic(problem.ToDiagnostic());

    private static ImmutableArray<T> Some<T>(T? item)
        where T : class => item is null ? ImmutableArray<T>.Empty : ImmutableArray.Create(item);

    private static IncrementalValueProvider<ImmutableArray<string>> Own(
        IncrementalGeneratorInitializationContext context,
        string attribute
    ) =>
        context
            .SyntaxProvider.ForAttributeWithMetadataName(
                attribute,
                (node, _) => node is TypeDeclarationSyntax,
                (syntax, _) => MetadataName(syntax.TargetSymbol)
            )
            .Collect();

    private static string MetadataName(ISymbol symbol)
    {
        var name = symbol.MetadataName;
        for (var outer = symbol.ContainingType; outer is not null; outer = outer.ContainingType)
            name = $"{outer.MetadataName}+{name}";
        return symbol.ContainingNamespace is { IsGlobalNamespace: false } space ? $"{space.ToDisplayString()}.{name}" : name;
    }
}
