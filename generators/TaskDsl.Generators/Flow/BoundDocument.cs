using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Values;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Flow;

/// <summary>A YAML file, fitted to the vocabulary.</summary>
/// <param name="File">The file.</param>
/// <param name="Value">Its value; null where it does not fit.</param>
/// <param name="References">The definitions that it names, even where it does not fit.</param>
/// <param name="Summary">What other documents see of it.</param>
/// <param name="NameSpan">Where its name stands.</param>
/// <param name="Problems">What is wrong with it.</param>
public sealed record BoundDocument(
    DocumentFile File,
    BoundRecord? Value,
    EquatableArray<BoundReference> References,
    DocumentSummary Summary,
    SourceSpan NameSpan,
    EquatableArray<Problem> Problems
)
{
    private static readonly DocumentSummary Nameless = new(null, null);

    /// <summary>
    /// A file of another project: its mistakes are told there, and here it is as if it were not. Of one without, name and shape are seen.
    /// </summary>
    private static BoundDocument OfAnother(DocumentFile file, Project project, ReferencedProject other)
    {
        var problems = file.Problems.ToList();
        var value =
            file.Root is null || file.Kind.Package is null
                ? null
                : new Binder(project.Vocabulary, ProjectFiles.Elsewhere, file.Path, problems).BindDocument(
                    file.Root,
                    file.Kind.Word,
                    file.Kind.Package
                );
        var shape = value is null ? null : file.Kind.Shape(value, file.Path, project.Vocabulary, problems);
        if (value?.Text("name") is not { } name || Names.Pascal(name) is null || problems.Any(p => p.IsError))
            return new BoundDocument(file, null, default, Nameless, default, default);
        DocumentName? basis = file.Kind.Base(value) is { } reference ? new(reference.Kind, reference.Name) : null;
        var entry = new IndexEntry(file.Kind, name, file.Path, "", IsWhole: true, basis) { Project = other };
        return new BoundDocument(file, null, default, new DocumentSummary(entry, shape?.Of(other)), default, default);
    }

    public static BoundDocument Bind(
        DocumentFile file,
        Project project,
        Func<string, DocumentKind> kinds,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (project.Options.ProjectOf(file.Path) is { } other)
            return OfAnother(file, project, other);
        // Many a tool has YAML files with two dots in their names; those that are none of ours are left alone.
        if (!project.Vocabulary.Claims(file.Kind.Word, file.Kind.Package is not null, file.Root))
            return new BoundDocument(file, null, default, Nameless, default, default);
        var guess = new DocumentSummary(IndexEntry.Guess(kinds(project.Vocabulary.Meant(file.Kind.Word)), file.Title, file.Path), null);
        if (file.Root is null)
            return new BoundDocument(file, null, default, guess, default, file.Problems);

        var problems = file.Problems.ToList();
        var binder = new Binder(project.Vocabulary, project.Files, file.Path, problems);
        var value = binder.BindDocument(file.Root, file.Kind.Word, file.Kind.Package);
        if (value is not null)
            problems.AddRange(Companions.Of(value, file.Path));
        var unnamed = new BoundDocument(file, null, new(binder.References), guess, default, default);
        if ((file.Root as YamlMapping)?[file.Kind.Word] is not YamlScalar { IsNull: false } name)
            return unnamed with { Problems = new(problems) };
        if (Names.Pascal(name.Value) is null)
        {
            problems.Add(
                new Problem(Rules.BadName, file.Path, name.Span, name.Value, "a name needs a letter; write it in snake_case, as key_terms")
            );
            return unnamed with { Problems = new(problems) };
        }

        // What lacks something may only have it misspelt: one mistake, one problem.
        if (value is not null && !problems.Any(p => p.IsError))
            problems.AddRange(Lacking.OneOf(value, file.Path));
        var shape = value is null ? null : file.Kind.Shape(value, file.Path, project.Vocabulary, problems);
        var isWhole = value is not null && (shape is not null || !file.Kind.HasShape);
        if (value is not null && !problems.Any(p => p.IsError))
            problems.AddRange(Lacking.Of(value, file.Path));
        DocumentName? basis = value is not null && file.Kind.Base(value) is { } reference ? new(reference.Kind, reference.Name) : null;
        var entry = new IndexEntry(file.Kind, name.Value, file.Path, HintName.Of(project.Options.Relative(file.Path)), isWhole, basis);
        return new BoundDocument(
            file,
            isWhole ? value : null,
            new(binder.References),
            new DocumentSummary(entry, shape) { Paths = new(binder.Paths) },
            name.Span,
            new(problems)
        );
    }
}
