using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.HuggingFace.Tokenizers.Reading;

namespace TaskDsl.Torch.Gguf;

/// <summary>One kind of tokenizer as GGUF has it. Each is one file; a new one is found by being there.</summary>
internal abstract class GgufVocabulary
{
    /// <summary>The kinds of tokens, by the numbers of SentencePiece.</summary>
    public const int Normal = 1,
        UnknownToken = 2,
        Control = 3,
        UserDefined = 4,
        Unused = 5,
        Byte = 6;

    // What GGUF calls the tokens of roles.
    private static readonly (string Role, string Key)[] Roles =
    [
        ("bos_token", "bos_token_id"),
        ("eos_token", "eos_token_id"),
        ("unk_token", "unknown_token_id"),
        ("sep_token", "seperator_token_id"), // So it is spelt there.
        ("pad_token", "padding_token_id"),
        ("mask_token", "mask_token_id"),
    ];

    private static IReadOnlyList<GgufVocabulary> All { get; } =
    [
        .. typeof(GgufVocabulary)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(GgufVocabulary)) && !type.IsAbstract)
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .Select(type => (GgufVocabulary)Activator.CreateInstance(type)!),
    ];

    /// <summary>What a file calls it (<c>tokenizer.ggml.model</c>).</summary>
    public abstract string Name { get; }

    /// <summary>The tokens that it puts before and behind a text where it is asked to: both, either or none of two, by their ids.</summary>
    protected virtual (int? Before, int? Behind) Frame(TokenizerParts parts) => (Role(parts, "bos_token"), Role(parts, "eos_token"));

    /// <summary>Whether a tokenizer is of this kind.</summary>
    protected abstract bool Fits(TokenizerParts parts);

    /// <summary>What it cannot say of such a tokenizer.</summary>
    protected abstract IEnumerable<string> Obstacles(TokenizerParts parts);

    /// <summary>What only this kind has.</summary>
    /// <param name="parts">The tokenizer.</param>
    /// <param name="tokens">The tokens as they are written; may be changed.</param>
    /// <param name="types">Their kinds; may be changed.</param>
    protected abstract IEnumerable<KeyValuePair<string, object>> Settings(TokenizerParts parts, string[] tokens, int[] types);

    /// <summary>What its users should know.</summary>
    protected virtual IEnumerable<string> Notices(TokenizerParts parts) => [];

    /// <summary>The settings that say a tokenizer.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="size">The model's tokens; those that the tokenizer lacks are never written.</param>
    /// <exception cref="ModelException">GGUF cannot say it; the text says why.</exception>
    public static (IReadOnlyList<KeyValuePair<string, object>> Settings, IReadOnlyList<string> Notices) Of(Tokenizer tokenizer, int size)
    {
        var parts = tokenizer.Parts;
        var kind = All.FirstOrDefault(vocabulary => vocabulary.Fits(parts))
            ?? throw Refused(["it is neither byte-level BPE, nor WordPiece, nor a SentencePiece model of the kind BPE"]);
        var (before, behind) = kind.Frame(parts);
        var (addsBefore, addsBehind) = (tokenizer.Prefix.Count > 0, tokenizer.Suffix.Count > 0);
        var obstacles = kind.Obstacles(parts).ToList();
        if (
            (addsBefore && !(tokenizer.Prefix is [var first] && first == before))
            || (addsBehind && !(tokenizer.Suffix is [var last] && last == behind))
        )
            obstacles.Add("it puts other tokens around a text than one that begins it and one that ends it");
        if (obstacles.Count > 0)
            throw Refused(obstacles);
        var (tokens, types) = Tokens(tokenizer, size);
        List<KeyValuePair<string, object>> settings = [new("model", kind.Name), .. kind.Settings(parts, tokens, types)];
        settings.Add(new("tokens", tokens));
        settings.Add(new("token_type", types));
        settings.Add(new("add_bos_token", addsBefore));
        settings.Add(new("add_eos_token", addsBehind));
        foreach (var (role, key) in Roles)
            if (Role(parts, role) is { } id && settings.TrueForAll(setting => setting.Key != key))
                settings.Add(new(key, (uint)id));
        return (
            [.. settings.Select(setting => KeyValuePair.Create($"tokenizer.ggml.{setting.Key}", setting.Value))],
            [.. kind.Notices(parts)]
        );

        ModelException Refused(IEnumerable<string> why) =>
            new($"the tokenizer in {parts.Source} cannot be said in GGUF: {string.Join("; ", why)}.");
    }

    /// <summary>The token of a role; null = none.</summary>
    protected static int? Role(TokenizerParts parts, string role) => parts.Roles.TryGetValue(role, out var id) ? id : null;

    private static (string[] Tokens, int[] Types) Tokens(Tokenizer tokenizer, int size)
    {
        var (tokens, types) = (new string[size], new int[size]);
        var outside = tokenizer.Parts.Added.DistinctBy(token => token.Id).ToDictionary(token => token.Id);
        for (var id = 0; id < size; id++)
        {
            var text = tokenizer.TokenText(id);
            tokens[id] = text ?? $"[PAD{id}]";
            types[id] =
                text is null ? Unused
                : !outside.TryGetValue(id, out var added) ? Normal
                : added.Special ? Control
                : UserDefined;
        }

        return (tokens, types);
    }
}
