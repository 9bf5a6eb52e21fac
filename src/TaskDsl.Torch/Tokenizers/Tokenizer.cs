using System.Security.Cryptography;
using System.Text;
using TaskDsl.Prompts;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Safetensors;

namespace TaskDsl.Torch.Tokenizers;

/// <summary>
/// A byte-level BPE tokenizer in Hugging Face's layout (<c>tokenizer.json</c>, <c>tokenizer_config.json</c>): any text goes in and
/// comes out unchanged. Thread-safe.
/// </summary>
public sealed class Tokenizer
{
    private readonly TokenizerFile file;
    private readonly BpeModel model;
    private readonly Dictionary<string, int> ids;
    private readonly byte[]?[] tokens; // null: a special token, or an id that no token has
    private readonly Dictionary<int, string> special;

    internal Tokenizer(TokenizerFile file)
    {
        this.file = file;
        (ids, special) = (file.Ids, file.Added.ToDictionary(a => a.Id, a => a.Content));
        VocabularySize = ids.Values.Max() + 1;
        tokens = new byte[]?[VocabularySize];
        foreach (var (text, id) in ids)
            if (!special.ContainsKey(id)) tokens[id] = ByteAlphabet.TryRead(text, out var bytes) ? bytes : throw new ModelException($"{file.Source}: the token '{text}' is not written in the byte-level alphabet; only byte-level BPE is supported.");
        model = new BpeModel(file.Bytes, file.Merges, tokens, file.IgnoreMerges);
        EndOfText = file.EndOfText is { } end ? TokenId(end) : throw new ModelException($"{file.Source}: nothing says which token ends a text; give eos_token in tokenizer_config.json.");
        Padding = file.Padding is { } pad ? TokenId(pad) : EndOfText;
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file.Json + '\0' + file.ConfigJson)));
    }

    /// <summary>One more than the largest id.</summary>
    public int VocabularySize { get; }

    /// <summary>The token that ends a text.</summary>
    public int EndOfText { get; }

    /// <summary>The token that fills rows.</summary>
    public int Padding { get; }

    /// <summary>The special tokens, as they are written.</summary>
    public IReadOnlyCollection<string> SpecialTokens => special.Values;

    /// <summary>The tokens that stand before every text (<c>&lt;|begin_of_text|&gt;</c>, say); often none.</summary>
    public IReadOnlyList<int> Prefix => file.Prefix;

    /// <summary>The tokens that stand behind every whole text (<c>[SEP]</c>, <c>&lt;/s&gt;</c>); often none.</summary>
    public IReadOnlyList<int> Suffix { get; } = [];

    /// <summary>The token that hides others (<c>[MASK]</c>); null = none.</summary>
    public int? Mask { get; }

    /// <summary>A fingerprint of everything that shapes the tokens.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads a folder's <c>tokenizer.json</c>.</summary>
    /// <exception cref="ModelException">It is missing, broken, or of a kind that is not supported; the text says which.</exception>
    public static Tokenizer Load(string folder) => new(TokenizerFile.Load(folder));

    /// <summary>Writes <c>tokenizer.json</c> and <c>tokenizer_config.json</c>, as they were read.</summary>
    public void Save(string folder)
    {
        AtomicFile.WriteText(Path.Combine(folder, "tokenizer.json"), file.Json);
        AtomicFile.WriteText(Path.Combine(folder, "tokenizer_config.json"), file.ConfigJson);
    }

    /// <summary>The id of a token by its text, as special tokens are named.</summary>
    /// <exception cref="KeyNotFoundException">There is no such token.</exception>
    public int TokenId(string token) => ids.TryGetValue(token, out var id) ? id : throw new KeyNotFoundException($"The tokenizer has no token '{token}'; its special tokens are {string.Join(", ", special.Values)}.");

    /// <summary>Whether there is a token of this text.</summary>
    public bool Has(string token) => ids.ContainsKey(token);

    /// <summary>The bytes that a token stands for; empty for special tokens.</summary>
    public ReadOnlySpan<byte> TokenBytes(int id) => (uint)id < (uint)tokens.Length ? tokens[id] : default(ReadOnlySpan<byte>);

    /// <summary>Whether an id is a special token.</summary>
    public bool IsSpecial(int id) => special.ContainsKey(id);

    /// <summary>Adds the tokens of a text. Nothing is put before or behind it.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="special">Whether special tokens in the text are recognised; otherwise they are plain text.</param>
    /// <param name="ids">Receives the tokens.</param>
    public void Encode(ReadOnlySpan<byte> utf8, bool special, List<int> ids)
    {
        if (!special)
        {
            EncodePlain(utf8, ids);
            return;
        }

        while (!utf8.IsEmpty)
        {
            var (at, token) = FindAdded(utf8);
            if (token is null)
            {
                EncodePlain(utf8, ids);
                return;
            }

            var before = utf8[..at];
            var after = utf8[(at + token.Utf8.Length)..];
            EncodePlain(token.StripLeft ? before.TrimEnd(" \t\r\n"u8) : before, ids);
            ids.Add(token.Id);
            utf8 = token.StripRight ? after.TrimStart(" \t\r\n"u8) : after;
        }
    }

    /// <summary>The tokens of a rendered prompt: each segment by itself, so that an answer has the same tokens behind every prompt.</summary>
    public TokenizedPrompt Encode(PromptBuffer prompt)
    {
        var all = new List<int>();
        var answers = new List<(int End, bool Answer)>();
        foreach (var segment in prompt.Segments)
        {
            if (segment.Kind.HasFlag(SegmentKind.EndOfText)) all.Add(EndOfText);
            else Encode(prompt.Utf8.Slice(segment.Start, segment.Length), segment.Kind.HasFlag(SegmentKind.Control), all);
            answers.Add((all.Count, segment.Kind.HasFlag(SegmentKind.Answer)));
        }

        var prefix = Prefix.Count > 0 && !prompt.IsWhole && !all.Take(Prefix.Count).SequenceEqual(Prefix) ? Prefix : [];
        var mask = new bool[prefix.Count + all.Count];
        var start = prefix.Count;
        foreach (var (end, answer) in answers)
        {
            mask.AsSpan(start..(end + prefix.Count)).Fill(answer);
            start = end + prefix.Count;
        }

        return new TokenizedPrompt([.. prefix, .. all], mask);
    }

    /// <summary>The tokens of a text, with special tokens recognised and <see cref="Prefix"/> in front.</summary>
    public int[] Encode(string text)
    {
        var result = new List<int>(Prefix);
        Encode(Encoding.UTF8.GetBytes(text), special: true, result);
        return [.. result];
    }

    /// <summary>The text of tokens. Bytes that are no UTF-8 become U+FFFD.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="special">Whether special tokens are written too.</param>
    public string Decode(IEnumerable<int> tokens, bool special = false) => Encoding.UTF8.GetString(DecodeUtf8(tokens, special));

    /// <summary>The bytes of tokens, which need not be whole characters.</summary>
    public byte[] DecodeUtf8(IEnumerable<int> tokens, bool special = false)
    {
        var bytes = new List<byte>();
        foreach (var id in tokens)
        {
            bytes.AddRange(TokenBytes(id));
            if (special && this.special.TryGetValue(id, out var content)) bytes.AddRange(Encoding.UTF8.GetBytes(content));
        }

        return [.. bytes];
    }

    private void EncodePlain(ReadOnlySpan<byte> utf8, List<int> ids)
    {
        if (utf8.IsEmpty) return;
        utf8 = file.Normalize(utf8);
        if (file.PrefixSpace && utf8[0] != (byte)' ') utf8 = (byte[])[(byte)' ', .. utf8];
        var pieces = new List<(int Start, int Length)>();
        file.PreTokenizer.Split(utf8, pieces);
        foreach (var (start, length) in pieces) model.Encode(utf8.Slice(start, length), ids);
    }

    private (int At, AddedToken? Token) FindAdded(ReadOnlySpan<byte> utf8)
    {
        for (var at = 0; at < utf8.Length; at++)
        {
            var next = utf8[at..].IndexOfAny(file.AddedStarts);
            if (next < 0) break;
            at += next;
            foreach (var token in file.Added) // Longest first.
                if (utf8[at..].StartsWith(token.Utf8)) return (at, token);
        }

        return (-1, null);
    }
}
