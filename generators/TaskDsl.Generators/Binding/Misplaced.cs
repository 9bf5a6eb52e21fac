using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>A property that a mapping lacks and that stands one level too deep in it, where it is nothing.</summary>
/// <param name="Owner">What it stands below.</param>
/// <param name="Key">Where it stands.</param>
/// <param name="Strays">It and what stands behind it and belongs to the mapping too: all are indented alike.</param>
internal sealed record Misplaced(YamlEntry Owner, YamlScalar Key, IReadOnlyList<YamlEntry> Strays)
{
    /// <summary>The place; null where there is none.</summary>
    /// <param name="node">What lacks the property.</param>
    /// <param name="type">Its type.</param>
    /// <param name="property">The property.</param>
    /// <param name="vocabulary">The words.</param>
    public static Misplaced? In(YamlNode node, RecordModel type, string property, VocabularyModel vocabulary)
    {
        foreach (var owner in (node as YamlMapping)?.Entries ?? [])
        {
            var inner = (owner.Value as YamlMapping)?.Entries ?? [];
            var behind = inner.SkipWhile(entry => entry.Key.Value != property).ToList();
            if (behind.Count == 0 || type.Properties.FirstOrDefault(p => p.Key == owner.Key.Value) is not { } at)
                continue;
            if (!MayHold(at.Type, behind[0], vocabulary))
                return new(
                    owner,
                    behind[0].Key,
                    [.. behind.Where(entry => type.Properties.Any(p => p.Key == entry.Key.Value) && !MayHold(at.Type, entry, vocabulary))]
                );
        }

        return null;
    }

    /// <summary>Whether a problem comes of the wrong place.</summary>
    public bool Explains(Problem problem) =>
        Strays.Any(stray =>
            problem.Span.Start >= stray.Key.Span.Start
            && problem.Span.Start <= Math.Max(End(stray.Key), End(stray.Value))
            && problem.Span.Start < End(Owner.Value)
        );

    // In a map whatever is written like one of its values is one: input: {model: text}.
    private static bool MayHold(TypeRef type, YamlEntry entry, VocabularyModel vocabulary)
    {
        return type.Kind switch
        {
            TypeKind.Record => Has(type.Name),
            TypeKind.Choice => vocabulary.Type<ChoiceModel>(type.Name).Keywords.Any(k => k.Word == entry.Key.Value || Has(k.Type)),
            TypeKind.Map when type.Element is { Kind: TypeKind.Record, Name: var element } => entry.Value switch
            {
                YamlMapping value => Layout.HasOneOf(value, vocabulary.Type<RecordModel>(element)),
                YamlScalar { IsNull: false } => vocabulary.Type<RecordModel>(element).Shorthand is not null,
                _ => false,
            },
            _ => true,
        };

        bool Has(string record) => vocabulary.Type<RecordModel>(record).Properties.Any(p => p.Key == entry.Key.Value);
    }

    private static int End(YamlNode node) => node.Span.Start + node.Span.Length;
}
