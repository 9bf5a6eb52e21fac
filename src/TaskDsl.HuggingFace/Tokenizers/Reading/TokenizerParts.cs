using TaskDsl.HuggingFace.Tokenizers.Decoders;
using TaskDsl.HuggingFace.Tokenizers.Models;
using TaskDsl.HuggingFace.Tokenizers.Normalizers;
using TaskDsl.HuggingFace.Tokenizers.PreTokenizers;

namespace TaskDsl.HuggingFace.Tokenizers.Reading;

/// <summary>What a tokenizer is made of, as one of the readers found it in a folder.</summary>
internal sealed record TokenizerParts
{
    // What tokens with a role are called where nothing says so.
    private static readonly (string Role, string[] Names)[] Customs =
    [
        ("bos_token", ["<|begin_of_text|>", "<s>", "<bos>"]),
        ("eos_token", ["<|endoftext|>", "<|end_of_text|>", "</s>", "<|eot_id|>", "<|im_end|>", "<eos>"]),
        ("pad_token", ["[PAD]", "<pad>"]),
        ("unk_token", ["[UNK]", "<unk>"]),
        ("cls_token", ["[CLS]"]),
        ("sep_token", ["[SEP]"]),
        ("mask_token", ["[MASK]", "<mask>"]),
    ];

    /// <summary>The file, for errors.</summary>
    public required string Source { get; init; }

    /// <summary>The files as they were read: what saving writes.</summary>
    public required TokenizerFiles Files { get; init; }

    /// <summary>The <c>tokenizer.json</c>, read or made of other files; null = a SentencePiece model.</summary>
    public JsonPart? Definition { get; init; }

    public required TokenTable Vocabulary { get; init; }

    public IReadOnlyList<AddedToken> Added { get; init; } = [];

    public Normalizer? Normalizer { get; init; }

    public IReadOnlyList<PreTokenizer> PreTokenizers { get; init; } = [];

    public required TokenModel Model { get; init; }

    public required TokenDecoder Decoder { get; init; }

    public Frame Frame { get; init; } = Frame.Bare;

    /// <summary>What its user should know: settings that are passed over, or at odds with each other.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>The tokens that have roles (<c>eos_token</c>, …), by the role.</summary>
    public required IReadOnlyDictionary<string, int> Roles { get; init; }

    /// <summary>The tokens of roles: as the configuration names them, otherwise by what they are commonly called.</summary>
    public static Dictionary<string, int> FindRoles(TokenizerFiles files, Func<string, int?> find, string? unknown = null)
    {
        var roles = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (role, names) in Customs)
        {
            var named = files.RoleToken(role);
            if (named is not null && find(named) is null && role is "eos_token" or "pad_token")
                throw files.Config.Bad($"names '{named}' as {role}, which the tokenizer does not have");
            foreach (var name in (IEnumerable<string?>)[named, role == "unk_token" ? unknown : null, .. named is null ? names : []])
                if (name is not null && find(name) is { } id)
                    roles.TryAdd(role, id);
        }

        return roles;
    }
}
