using System.Security.Cryptography;
using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Models;
using TaskDsl.HuggingFace.Tokenizers.PreTokenizers;
using TaskDsl.HuggingFace.Tokenizers.Reading;
using TaskDsl.HuggingFace.Tokenizers.Text;
using TaskDsl.Prompts;

namespace TaskDsl.HuggingFace.Tokenizers;

/// <summary>
/// A tokenizer in Hugging Face's layout: <c>tokenizer.json</c>, or <c>vocab.json</c> with <c>merges.txt</c>, <c>vocab.txt</c>, or a
/// SentencePiece <c>.model</c>. Thread-safe.
/// </summary>
public sealed partial class Tokenizer
{
    [ThreadStatic]
    private static Pieces? spare;

    private readonly TokenizerParts parts;
    private readonly AddedTokens added,
        addedNormalized;
    private readonly Dictionary<int, AddedToken> outside;

    // Tokens that are looked for in another form than they are written: the reference decodes to that form.
    private readonly Dictionary<int, string> seen;
    private readonly Lazy<byte[]?[]> tokenBytes;
    private readonly Lazy<bool> beginsWithSpace;
    private readonly HashSet<int> neverPlain; // special tokens but the unknown one
    private readonly bool takesAnyBytes;

    internal Tokenizer(TokenizerParts parts)
    {
        this.parts = parts;
        outside = parts.Added.DistinctBy(a => a.Id).ToDictionary(a => a.Id);
        added = new(parts.Added.Where(a => !a.Normalized));
        addedNormalized = new(parts.Added.Where(a => a.Normalized), parts.Normalizer);
        neverPlain = [.. outside.Values.Where(a => a.Special && a.Id != Unknown).Select(a => a.Id)];
        takesAnyBytes = parts.Normalizer is null && parts.PreTokenizers.Any(p => p is ByteLevelPreTokenizer);
        seen = parts.Normalizer is null
            ? []
            : outside
                .Values.Where(a => a.Normalized)
                .Select(a =>
                    (
                        a.Id,
                        a.Content,
                        Text: Encoding.UTF8.GetString(parts.Normalizer.Apply(Encoding.UTF8.GetBytes(a.Content), Place.Beginning))
                    )
                )
                .Where(a => a.Content != a.Text)
                .ToDictionary(a => a.Id, a => a.Text);
        beginsWithSpace = new(() =>
        {
            var ids = new List<int>();
            Encode("a"u8, special: false, ids);
            return DecodeUtf8(ids).AsSpan().StartsWith(" "u8);
        });
        tokenBytes = new(() => [.. Enumerable.Range(0, VocabularySize).Select(FindBytes)]);
        Prefix = parts.Frame.Prefix;
        Suffix = parts.Frame.Suffix;
        Fingerprint = MakeFingerprint(parts.Files);
    }

    /// <summary>What it is made of, for what writes it in another format.</summary>
    internal TokenizerParts Parts => parts;

    /// <summary>One more than the largest id.</summary>
    public int VocabularySize => parts.Vocabulary.Size;

    /// <summary>The token that ends a text; where there is none, the one that separates texts (BERT's <c>[SEP]</c>).</summary>
    /// <exception cref="ModelException">The tokenizer has neither.</exception>
    public int EndOfText =>
        Role("eos_token")
        ?? Separator
        ?? throw new ModelException($"{parts.Source}: nothing says which token ends a text; give eos_token in tokenizer_config.json.");

    /// <summary>The token that fills rows; where there is none, <see cref="EndOfText"/>.</summary>
    public int Padding => Role("pad_token") ?? EndOfText;

    /// <summary>The token that begins a text, or null.</summary>
    public int? BeginningOfText => Role("bos_token");

    /// <summary>The token that stands for what no token has, or null.</summary>
    public int? Unknown => Role("unk_token");

    /// <summary>The token whose vector stands for the text (<c>[CLS]</c>), or null.</summary>
    public int? Classifier => Role("cls_token");

    /// <summary>The token between texts (<c>[SEP]</c>), or null.</summary>
    public int? Separator => Role("sep_token");

    /// <summary>The token that hides another (<c>[MASK]</c>), or null.</summary>
    public int? Mask => Role("mask_token");

    /// <summary>The special tokens, as they are written.</summary>
    public IReadOnlyCollection<string> SpecialTokens => [.. outside.Values.Where(a => a.Special).Select(a => a.Content)];

    /// <summary>The tokens that stand before every text (<c>&lt;|begin_of_text|&gt;</c>, say); often none.</summary>
    public IReadOnlyList<int> Prefix { get; }

    /// <summary>The tokens that stand behind every text (T5's <c>&lt;/s&gt;</c>, say); often none.</summary>
    public IReadOnlyList<int> Suffix { get; }

    /// <summary>What its user should know of its files: settings that are not known, or at odds with each other.</summary>
    public IReadOnlyList<string> Notices => parts.Notices;

    /// <summary>Whether the first token of a text begins with a space that is not in the text (SentencePiece's dummy prefix).</summary>
    public bool BeginsWithSpace => beginsWithSpace.Value;

    /// <summary>A fingerprint of everything that shapes the tokens.</summary>
    public string Fingerprint { get; }

    /// <summary>Whether another tokenizer cuts texts alike, as far as a sample can say.</summary>
    public bool CutsLike(Tokenizer other)
    {
        ArgumentNullException.ThrowIfNull(other);
        const string sample = "The quick brown fox, 12 345 jumps! Ünïcödé 法律条款 \u00A0 {\"a\": [1, 2]}\n\ttabs";
        return Fingerprint == other.Fingerprint
            || (VocabularySize == other.VocabularySize && Encode(sample).SequenceEqual(other.Encode(sample)));
    }

    /// <summary>Whether a folder has files of a tokenizer, whatever is in them.</summary>
    public static bool IsIn(string folder) => TokenizerReader.FileNames.Any(name => File.Exists(Path.Combine(folder, name)));

    /// <summary>Reads a folder's tokenizer.</summary>
    /// <exception cref="ModelException">It is missing, broken, or of a kind that is not supported; the text says which.</exception>
    public static Tokenizer Load(string folder) => new(TokenizerReader.Read(TokenizerFiles.Open(folder), folder));

    /// <summary>Writes the tokenizer's files, as they were read.</summary>
    public void Save(string folder) => parts.Files.Save(folder);

    /// <summary>The id of a token by its text, as special tokens are named.</summary>
    /// <exception cref="KeyNotFoundException">There is no such token.</exception>
    public int TokenId(string token) =>
        parts.Vocabulary.Find(token)
        ?? throw new KeyNotFoundException(
            $"The tokenizer has no token '{token}'; its special tokens are {string.Join(", ", SpecialTokens)}."
        );

    /// <summary>Whether there is a token of this text.</summary>
    public bool Has(string token) => parts.Vocabulary.Find(token) is not null;

    /// <summary>A token as the vocabulary writes it (<c>Ġthe</c>, <c>▁the</c>, <c>##ing</c>); null where no token has the id.</summary>
    public string? TokenText(int id) => parts.Vocabulary.Token(id);

    /// <summary>The bytes that a token stands for in the middle of a text; empty for special tokens.</summary>
    public ReadOnlySpan<byte> TokenBytes(int id) => (uint)id < (uint)VocabularySize ? tokenBytes.Value[id] : default(ReadOnlySpan<byte>);

    /// <summary>Whether an id is a special token.</summary>
    public bool IsSpecial(int id) => outside.TryGetValue(id, out var token) && token.Special;

    /// <summary>Adds the tokens of a text. Nothing is put before or behind it.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="special">Whether special tokens in the text are recognised; otherwise they are plain text.</param>
    /// <param name="ids">Receives the tokens.</param>
    public void Encode(ReadOnlySpan<byte> utf8, bool special, List<int> ids) => Encode(utf8, special, Place.Beginning, ids);

    /// <summary>
    /// The tokens of a rendered prompt: each segment by itself, so that an answer has the same tokens behind every prompt. A tokenizer that
    /// puts a space before texts does so at the prompt's beginning only.
    /// </summary>
    public TokenizedPrompt Encode(PromptBuffer prompt)
    {
        var all = new List<int>(prompt.Length / 2); // Seldom more.
        var answers = new List<(int End, bool Answer)>();
        var place = Place.Beginning;
        foreach (var segment in prompt.Segments)
        {
            var answer = segment.Kind.HasFlag(SegmentKind.Answer);
            if (segment.Kind.HasFlag(SegmentKind.EndOfText))
            {
                all.Add(EndOfText);
                place = Place.BehindToken;
            }
            else
            {
                Encode(
                    prompt.Utf8.Slice(segment.Start, segment.Length),
                    segment.Kind.HasFlag(SegmentKind.Control),
                    answer ? Place.Continuing : place,
                    all
                );
                place = Place.Continuing;
            }

            answers.Add((all.Count, answer));
        }

        var prefix = prompt.IsWhole || BeginsWithPrefix(all) ? [] : Prefix;
        var (ids, mask) = (new int[prefix.Count + all.Count], new bool[prefix.Count + all.Count]);
        for (var i = 0; i < prefix.Count; i++)
            ids[i] = prefix[i];
        all.CopyTo(ids, prefix.Count);
        var start = prefix.Count;
        foreach (var (end, answer) in answers)
        {
            mask.AsSpan(start..(end + prefix.Count)).Fill(answer);
            start = end + prefix.Count;
        }

        return new TokenizedPrompt(ids, mask);
    }

    /// <summary>
    /// The tokens of a text, with special tokens recognised, <see cref="Prefix"/> in front, unless the text begins with it, and
    /// <see cref="Suffix"/> behind.
    /// </summary>
    public int[] Encode(string text)
    {
        var ids = new List<int>();
        Encode(Encoding.UTF8.GetBytes(text), special: true, ids);
        return [.. BeginsWithPrefix(ids) ? [] : Prefix, .. ids, .. Suffix];
    }

    /// <summary>
    /// The tokens of a text or a pair of texts, with special tokens recognised, and those put there that the model expects: for encoders,
    /// just what Hugging Face's tokenizers give.
    /// </summary>
    /// <param name="first">The text.</param>
    /// <param name="second">The other text of a pair.</param>
    /// <param name="maximum">The most tokens, special ones included; the longer text is cut first.</param>
    public TokenizedText EncodeText(string first, string? second = null, int? maximum = null)
    {
        var (one, other) = (new List<int>(), second is null ? null : new List<int>());
        Encode(Encoding.UTF8.GetBytes(first), special: true, one);
        if (other is not null)
            Encode(Encoding.UTF8.GetBytes(second!), special: true, other);
        return Frame(one, other, maximum);
    }

    /// <summary>Puts the special tokens around the tokens of a text or a pair of texts.</summary>
    /// <param name="first">The text's tokens.</param>
    /// <param name="second">The tokens of a pair's other text.</param>
    /// <param name="maximum">The most tokens, special ones included; the longer text is cut first.</param>
    public TokenizedText Frame(IReadOnlyList<int> first, IReadOnlyList<int>? second = null, int? maximum = null)
    {
        var frame = second is null ? parts.Frame.Single : parts.Frame.Pair;
        var (one, other) = Cut(first.Count, second?.Count, maximum - frame.Sum(p => p.Tokens.Length));
        var (ids, types, special) = (new List<int>(), new List<int>(), new List<bool>());
        foreach (var part in frame)
        {
            ids.AddRange(
                part.Text switch
                {
                    0 => first.Take(one),
                    1 => second!.Take(other),
                    _ => part.Tokens,
                }
            );
            special.AddRange(Enumerable.Repeat(part.Text < 0, ids.Count - special.Count));
            types.AddRange(Enumerable.Repeat(part.TypeId, ids.Count - types.Count));
        }

        return new([.. ids], [.. types], [.. special]);
    }

    /// <summary>The text of tokens. Bytes that are no UTF-8 become U+FFFD.</summary>
    /// <param name="tokens">The tokens of a whole text.</param>
    /// <param name="special">Whether special tokens are written too.</param>
    public string Decode(IEnumerable<int> tokens, bool special = false)
    {
        var texts = new List<string>();
        foreach (var id in tokens)
            if (TokenText(id) is { } token && (special || !IsSpecial(id) || seen.ContainsKey(id)))
                texts.Add(seen.GetValueOrDefault(id, token));
        return string.Concat(parts.Decoder.Apply(texts));
    }

    /// <summary>
    /// The bytes of tokens that stand in the middle of a text, one token behind the other: they need not be whole characters, and a space
    /// in front stays.
    /// </summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="special">Whether special tokens are written too.</param>
    public byte[] DecodeUtf8(IEnumerable<int> tokens, bool special = false)
    {
        var bytes = new List<byte>();
        foreach (var id in tokens)
        {
            bytes.AddRange(TokenBytes(id));
            if (special && IsSpecial(id))
                bytes.AddRange(Encoding.UTF8.GetBytes(outside[id].Content));
        }

        return [.. bytes];
    }

    private bool BeginsWithPrefix(IReadOnlyList<int> ids) => Prefix.Count > 0 && ids.Take(Prefix.Count).SequenceEqual(Prefix);

    /// <summary>How much of two texts there is room for; the longer one gives first.</summary>
    private static (int First, int Second) Cut(int first, int? second, int? room)
    {
        if (room is not { } most || first + (second ?? 0) <= most)
            return (first, second ?? 0);
        most = Math.Max(0, most);
        if (second is not { } other)
            return (most, 0);
        var (shorter, longer) = (Math.Min(first, other), Math.Max(first, other));
        longer = shorter > most ? shorter : Math.Max(shorter, most - shorter);
        if (shorter + longer > most)
            (shorter, longer) = (most / 2, most / 2 + most % 2);
        return first > other ? (longer, shorter) : (shorter, longer);
    }

    private int? Role(string role) => parts.Roles.TryGetValue(role, out var id) ? id : null;

    private byte[]? FindBytes(int id) =>
        TokenText(id) is not { } token || IsSpecial(id) ? null : parts.Decoder.Bytes(Encoding.UTF8.GetBytes(token));

    private static string MakeFingerprint(TokenizerFiles files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (files.Has("tokenizer.json"))
        {
            hash.AppendData(files.Bytes("tokenizer.json"));
            hash.AppendData([0]);
            hash.AppendData(files.Has("tokenizer_config.json") ? files.Bytes("tokenizer_config.json") : "{}"u8);
        }
        else
        {
            foreach (var name in files.Names)
            {
                hash.AppendData(Encoding.UTF8.GetBytes(name + '\0' + files.Bytes(name).Length + '\0'));
                hash.AppendData(files.Bytes(name));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
