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

        var paths = context.AdditionalTextsProvider.Select((file, _) => file.Path).Collect();
        var files = paths
            .Combine(options)
            .Select(
                (pair, _) =>
                    new ProjectFiles(
                        new(pair.Left.Select(pair.Right.Relative).Where(p => p.Length > 0).OrderBy(p => p, StringComparer.Ordinal))
                    )
            )
            .WithTrackingName("Files");

        var documents = context
            .AdditionalTextsProvider.Where(file => DocumentFile.KindOf(file.Path) is not null)
            .Combine(options)
            .Select((pair, cancellation) => DocumentFile.Read(pair.Left, pair.Right, KnownKinds.Of, cancellation))
            .WithTrackingName("Document");

        var bound = documents
            .Combine(vocabulary)
            .Combine(files)
            .Select((pair, cancellation) => BoundDocument.Bind(pair.Left.Left, pair.Left.Right, pair.Right, cancellation))
            .WithTrackingName("Bound");

        var index = bound
            .Select((document, _) => document.Entry)
            .Collect()
            .Select((entries, _) => ProjectIndex.Of(entries.OfType<IndexEntry>()))
            .WithTrackingName("Index");

        var shapes = bound
            .Select((document, _) => document.Shape)
            .Where(shape => shape is not null)
            .Collect()
            .Select((all, _) => new ShapeTable(new(all!)))
            .WithTrackingName("Shapes");

        var scoped = bound
            .Combine(index)
            .Combine(shapes)
            .Select((pair, _) => ScopedDocument.Of(pair.Left.Left, pair.Left.Right, pair.Right))
            .WithTrackingName("Scope");

        var code = scoped
            .Combine(options)
            .Select((pair, cancellation) => Code.Emit(pair.Left, pair.Right, cancellation))
            .WithTrackingName("Code");

        // Two outputs: where a diagnostic moves, nothing is generated again.
        context.RegisterSourceOutput(code.Select((c, _) => c.Source).WithTrackingName("Source"), (output, source) =>
        {
            if (source is not null)
                output.AddSource(source.HintName, source.Text);
        });
        context.RegisterSourceOutput(code.Select((c, _) => c.Problems).WithTrackingName("Problems"), (output, problems) =>
        {
            foreach (var problem in problems)
                output.ReportDiagnostic(problem.ToDiagnostic());
        });

        // Without a reference to TaskDsl there is nothing that a catalogue could be made of.
        var knowsTasks = vocabulary.Select((words, _) => words.Document(TaskKind.Name) is not null);
        context.RegisterSourceOutput(index.Combine(options).Combine(knowsTasks), (output, pair) =>
        {
            if (pair.Right)
                output.AddSource("TaskCatalog.g.cs", CatalogEmitter.Emit(pair.Left.Left, pair.Left.Right.RootNamespace));
        });

        var named = bound
            .SelectMany((document, _) => TaskKind.Sources(document))
            .Collect()
            .Select((paths, _) => new SourcePaths(new(paths.Distinct().OrderBy(p => p, StringComparer.Ordinal))));
        var starts = context
            .AdditionalTextsProvider.Combine(options)
            .Combine(named)
            .Select((pair, _) => (File: pair.Left.Left, Path: pair.Left.Right.Relative(pair.Left.Left.Path), Named: pair.Right))
            .Where(file => file.Named.Has(file.Path))
            .Select((file, _) => (file.File, file.Path))
            .Select((file, cancellation) => FileStart.Read(file.File, file.Path, cancellation))
            .WithTrackingName("Start")
            .Where(start => start is not null)
            .Collect()
            .Select((all, _) => new EquatableArray<FileStart>(all!))
            .WithTrackingName("Starts");
        context.RegisterSourceOutput(
            bound.Combine(starts).SelectMany((pair, _) => TaskKind.Check(pair.Left, pair.Right)),
            (output, problem) => output.ReportDiagnostic(problem.ToDiagnostic())
        );

        var clashes = bound
            .Select((document, _) => document.Place)
            .Collect()
            .SelectMany((places, _) => Clashes(places))
            .WithTrackingName("Clashes");
        context.RegisterSourceOutput(clashes, (output, problem) => output.ReportDiagnostic(problem.ToDiagnostic()));
    }

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

    private static IEnumerable<Problem> Clashes(ImmutableArray<DocumentPlace?> places)
    {
        var known = places.OfType<DocumentPlace>().GroupBy(place => place.Path).ToDictionary(same => same.Key, same => same.First());
        foreach (var (entry, name, owner) in NameClaims.Of(known.Values.Select(place => place.Entry)).Clashes)
        {
            var place = known[entry.Path];
            yield return owner is not null && owner.Kind == entry.Kind && owner.Name == entry.Name
                ? new Problem(Rules.DuplicateName, place.Path, place.Span, entry.Kind.Word, entry.Name, owner.Path)
                : new Problem(
                    Rules.NameClash,
                    place.Path,
                    place.Span,
                    entry.Kind.Word,
                    entry.Name,
                    name,
                    owner is null ? "other generated code" : $"the {owner.Kind.Word} '{owner.Name}' ({owner.Path})"
                );
        }
    }
}
