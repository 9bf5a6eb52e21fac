using TaskDsl.HuggingFace.Tokenizers.PreTokenizers;

namespace TaskDsl.HuggingFace.Tokenizers.Models;

/// <summary>What stands before, between and behind texts: BERT's <c>[CLS] a [SEP] b [SEP]</c>.</summary>
internal sealed class Frame
{
    private Frame(IReadOnlyList<Part> single, IReadOnlyList<Part> pair) => (Single, Pair) = (single, pair);

    /// <summary>A part of a frame: a text (0 or 1), or special tokens.</summary>
    internal readonly record struct Part(int Text, int[] Tokens, int TypeId);

    public IReadOnlyList<Part> Single { get; }

    public IReadOnlyList<Part> Pair { get; }

    /// <summary>Nothing but the texts.</summary>
    public static Frame Bare { get; } = new([Sequence(0, 0)], [Sequence(0, 0), Sequence(1, 1)]);

    /// <summary>What stands before a single text.</summary>
    public IReadOnlyList<int> Prefix => [.. Single.TakeWhile(p => p.Text < 0).SelectMany(p => p.Tokens)];

    /// <summary>What stands behind a single text.</summary>
    public IReadOnlyList<int> Suffix => [.. Single.SkipWhile(p => p.Text < 0).Skip(1).SelectMany(p => p.Tokens)];

    /// <summary>BERT's.</summary>
    public static Frame Bert(int cls, int sep) =>
        new(
            [Special(0, cls), Sequence(0, 0), Special(0, sep)],
            [Special(0, cls), Sequence(0, 0), Special(0, sep), Sequence(1, 1), Special(1, sep)]
        );

    /// <summary>RoBERTa's: two separators between, and all of one type.</summary>
    public static Frame Roberta(int cls, int sep) =>
        new(
            [Special(0, cls), Sequence(0, 0), Special(0, sep)],
            [Special(0, cls), Sequence(0, 0), Special(0, sep, sep), Sequence(1, 0), Special(0, sep)]
        );

    /// <summary>Tokens before and behind each text (Llama's, T5's).</summary>
    public static Frame Around(int[] before, int[] behind, int secondType) =>
        new(
            [Special(0, before), Sequence(0, 0), Special(0, behind)],
            [
                Special(0, before),
                Sequence(0, 0),
                Special(0, behind),
                Special(secondType, before),
                Sequence(1, secondType),
                Special(secondType, behind),
            ]
        );

    public static Frame Read(JsonPart json)
    {
        switch (json.Type)
        {
            case "ByteLevel":
                json.Only([.. ByteLevelPreTokenizer.Keys]);
                return Bare;
            case "BertProcessing":
                json.Only("cls", "sep");
                return Bert(Token(json["cls"]), Token(json["sep"]));
            case "RobertaProcessing":
                json.Only("add_prefix_space", "cls", "sep", "trim_offsets");
                return Roberta(Token(json["cls"]), Token(json["sep"]));
            case "TemplateProcessing":
                var special = json.Only("pair", "single", "special_tokens")["special_tokens"];
                return new(
                    Template(json["single"], special, 1),
                    json.Find("pair") is { } pair && pair.Items().Any()
                        ? Template(pair, special, 2)
                        : [.. Template(json["single"], special, 1), Sequence(1, 1)]
                );
            case "Sequence":
                var frames = json.Only("processors")["processors"].Items().Select(Read).Where(f => f != Bare).ToArray();
                return frames.Length <= 1
                    ? frames.FirstOrDefault(Bare)
                    : throw json.Bad("has several post-processors that add tokens, which is not supported");
            default:
                throw json.Unsupported("TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel or Sequence");
        }
    }

    private static List<Part> Template(JsonPart json, JsonPart special, int texts)
    {
        var parts = new List<Part>();
        foreach (var item in json.Items())
        {
            item.Only("Sequence", "SpecialToken");
            if (item.Find("SpecialToken")?.Only("id", "type_id") is { } token)
                parts.Add(
                    new(
                        -1,
                        [.. special[token["id"].String()].Only("id", "ids", "tokens")["ids"].Items().Select(i => i.Id())],
                        token.Number("type_id", 0)
                    )
                );
            else if (item["Sequence"].Only("id", "type_id") is var sequence)
                parts.Add(
                    Sequence(
                        sequence["id"].String() switch
                        {
                            "A" => 0,
                            "B" => 1,
                            _ => throw sequence["id"].Bad("is neither A nor B"),
                        },
                        sequence.Number("type_id", 0)
                    )
                );
        }

        return parts.Where(p => p.Text >= 0).Select(p => p.Text).SequenceEqual(Enumerable.Range(0, texts))
            ? parts
            : throw json.Bad(
                texts == 1 ? "does not have the text A just once" : "does not have the texts A and B once each, in this order"
            );
    }

    private static int Token(JsonPart json) =>
        json.Items().ToArray() is [_, var id] ? id.Id() : throw json.Bad("is not a token and its id");

    private static Part Special(int typeId, params int[] tokens) => new(-1, tokens, typeId);

    private static Part Sequence(int text, int typeId) => new(text, [], typeId);
}
