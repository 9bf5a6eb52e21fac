namespace TaskDsl.Data.Sources.Reading;

/// <summary>
/// IOB2 tags: <c>B-kind</c> begins an entity, <c>I-kind</c> goes on with it, <c>O</c> stands outside. Compiler and runtime share it.
/// </summary>
public static class Iob
{
    /// <summary>Reads the entities of one sentence.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="tags">A tag for each token.</param>
    /// <param name="entities">Receives kind and text of each entity.</param>
    /// <param name="join">What stands between tokens.</param>
    /// <returns>What is wrong with the tags; null where nothing is.</returns>
    public static string? Read(
        IReadOnlyList<string> tokens,
        IReadOnlyList<string> tags,
        ICollection<(string Kind, string Text)> entities,
        string join = " "
    )
    {
        if (tokens.Count != tags.Count)
            return $"{tokens.Count} tokens but {tags.Count} tags";
        var start = -1;
        var kind = "";
        for (var i = 0; i <= tokens.Count; i++)
        {
            var tag = i < tokens.Count ? tags[i] : "O";
            if (start >= 0 && Kind(tag, "I-") is { } inside && inside == kind)
                continue;
            if (start >= 0)
            {
                entities.Add((kind, string.Join(join, tokens.Skip(start).Take(i - start))));
                start = -1;
            }

            if (Begun(tag) is { } begun)
                (start, kind) = (i, begun);
            else if (tag != "O")
                return $"token {i + 1} '{tokens[i]}' is tagged '{tag}', expected O, B-… or an I-… that goes on with the tag before it"
                    + (
                        (Kind(tag, "S-") ?? Kind(tag, "E-") ?? Kind(tag, "L-") ?? Kind(tag, "U-")) is not null
                            ? "; these are BIOES or BILOU tags: write B- for S- and U-, I- for E- and L-"
                        : Kind(tag, "I-") is not null ? "; these may be IOB1 tags: write B- where an entity begins"
                        : ""
                    );
        }

        return null;
    }

    /// <summary>The kind of the entity that a tag begins; null where it begins none.</summary>
    public static string? Begun(string tag) => Kind(tag, "B-");

    // Some files have one kind only and write a bare B and I: the kind is then "entity".
    private static string? Kind(string tag, string prefix) =>
        tag == prefix[..1] ? "entity"
        : tag.StartsWith(prefix, StringComparison.Ordinal) && tag.Length > 2 ? tag[2..]
        : null;
}
