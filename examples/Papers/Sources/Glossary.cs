using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>The dictionary of the rare terms of <see cref="Translations"/>. Columns: <c>term</c>, <c>entry</c>.</summary>
[Keyword("glossary"), Revision(1)]
public sealed record Glossary : SyntheticSource
{
    /// <inheritdoc/>
    public override JsonObject Record(int number) =>
        new() { ["term"] = Translations.Rare[number].Term, ["entry"] = Translations.Rare[number].Entry };
}
