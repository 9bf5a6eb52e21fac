using System.Buffers;
using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.PreTokenizers;

/// <summary>Which texts get the space's sign in front.</summary>
internal enum PrependScheme
{
    /// <summary>Each.</summary>
    Always,

    /// <summary>The one at the very beginning.</summary>
    First,

    /// <summary>None.</summary>
    Never,
}

/// <summary>SentencePiece's: spaces become ▁, perhaps one in front; words are cut before it.</summary>
internal sealed class MetaspacePreTokenizer : PreTokenizer
{
    private readonly char sign;
    private readonly PrependScheme scheme;
    private readonly Func<Pieces, (int Start, int Length), bool, ArrayBufferWriter<byte>, int> write;

    private MetaspacePreTokenizer(char sign, PrependScheme scheme) => (this.sign, this.scheme, write) = (sign, scheme, Write);

    /// <summary>The keys of the part, and of the decoder of its name; <c>str_rep</c> is the replacement again, in old files.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["add_prefix_space", "prepend_scheme", "replacement", "split", "str_rep"];

    public static IEnumerable<PreTokenizer> From(JsonPart json)
    {
        var sign = json.Only([.. Keys])["replacement"].Character();
        yield return new MetaspacePreTokenizer(sign, Scheme(json));
        if (json.Flag("split", true))
            yield return new SplitPreTokenizer(c => c == sign, SplitBehavior.MergedWithNext);
    }

    /// <summary>When the sign is put in front, in the file's new or old form.</summary>
    public static PrependScheme Scheme(JsonPart json) =>
        json.Text("prepend_scheme") switch
        {
            null => json.Flag("add_prefix_space", true) ? PrependScheme.Always : PrependScheme.Never,
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            var other => throw json["prepend_scheme"].Bad($"is '{other}'; expected always, first or never"),
        };

    public override void Apply(Pieces pieces) => pieces.Rewrite(write);

    private int Write(Pieces pieces, (int Start, int Length) piece, bool first, ArrayBufferWriter<byte> output)
    {
        Span<byte> mark = stackalloc byte[3];
        mark = mark[..new Rune(sign).EncodeToUtf8(mark)];
        var begins = pieces.Text[piece.Start];
        var prepends =
            begins != ' '
            && begins != sign
            && scheme switch
            {
                PrependScheme.Always => !(first && pieces.Place == Place.Continuing),
                PrependScheme.First => first && pieces.Place == Place.Beginning,
                _ => false,
            };
        if (prepends)
            output.Write(mark);
        var bytes = pieces.Bytes(piece);
        for (var at = bytes.IndexOf((byte)' '); at >= 0; at = bytes.IndexOf((byte)' '))
        {
            output.Write(bytes[..at]);
            output.Write(mark);
            bytes = bytes[(at + 1)..];
        }

        output.Write(bytes);
        return piece.Length + (prepends ? 1 : 0);
    }
}
