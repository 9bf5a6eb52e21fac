using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Kinds.Pipeline;

/// <summary>A step of a pipeline.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">The step.</param>
internal sealed record BoundStep(YamlScalar Key, BoundRecord Value)
{
    public string Name => Key.Value;

    /// <summary>What it does; null where that does not fit.</summary>
    public BoundRecord? Verb => Value.Properties.FirstOrDefault(p => p.Property.IsInline)?.Value as BoundRecord;

    /// <summary>What it makes; null where it does not say.</summary>
    public ResultModel? Makes => Verb?.Type.Makes;

    /// <summary>The texts that name results of others, or what may stand in their place, in its words' properties too.</summary>
    public IEnumerable<(PropertyModel Property, BoundScalar Named)> Named =>
        from record in Verb?.All.OfType<BoundRecord>() ?? []
        from given in record.Properties
        where given.Property.Result is not null
        from named in given.Value is BoundList list ? list.Items : [given.Value]
        where named is BoundScalar
        select (given.Property, (BoundScalar)named);

    /// <summary>Of a table the columns, as <c>StepTable</c> calls them, as far as they are known.</summary>
    public IEnumerable<(string Column, SourceSpan Place)> Columns =>
        Named
            .Where(n => n.Property.Name == Makes?.Also)
            .Select(n => (n.Named.Scalar.Value.TrimStart('$').TrimEnd('/').Split('/').Last(), n.Named.Span));

    /// <summary>The task of the examples or the index that it makes; null where it makes none.</summary>
    public string? Task => (Verb?["task"] as BoundReference)?.Name;

    /// <summary>The recipe that it runs; null where it runs none.</summary>
    public BoundReference? Recipe => Verb?.Properties.Select(p => p.Value).OfType<BoundReference>().FirstOrDefault(r => r.Kind == "recipe");

    /// <summary>The name behind a $; null where there is none.</summary>
    public static string? StepOf(BoundScalar named) =>
        named.Scalar.Value.StartsWith("$", StringComparison.Ordinal) ? named.Scalar.Value.Substring(1) : null;
}
