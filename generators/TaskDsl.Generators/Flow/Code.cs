using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Flow;

/// <summary>What a file compiles to.</summary>
/// <param name="Source">The C#; null where the file has mistakes that leave nothing to compile.</param>
/// <param name="Problems">Its mistakes.</param>
public sealed record Code(GeneratedSource? Source, EquatableArray<Problem> Problems)
{
    public static Code Emit(ScopedDocument scoped, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var document = scoped.Document;
        var context = new EmitContext(scoped.RootNamespace, document.File.Path, scoped.Index)
        {
            IsSound = !document.Problems.Any(p => p.IsError),
        };
        foreach (var reference in document.References)
            context.Check(reference);

        var source =
            scoped.HintName is { } hint && document.File.Kind.Emit(scoped, context) is { } text ? new GeneratedSource(hint, text) : null;
        return new Code(source, new(document.Problems.Concat(context.Problems).Concat(scoped.Clash is { } clash ? [clash] : [])));
    }
}
