using System.Text.Json;
using TaskDsl.HuggingFace.Tokenizers.Decoders;
using TaskDsl.HuggingFace.Tokenizers.Models;
using TaskDsl.HuggingFace.Tokenizers.Normalizers;
using TaskDsl.HuggingFace.Tokenizers.PreTokenizers;

namespace TaskDsl.HuggingFace.Tokenizers.Reading;

/// <summary>
/// Reads <c>tokenizer.json</c>. What would change tokens and is not supported is an error. Its truncation and padding are not the
/// tokenizer's.
/// </summary>
internal static class TokenizerJsonReader
{
    /// <param name="json">The file, or one made of another.</param>
    /// <param name="files">What was read.</param>
    public static TokenizerParts Read(JsonPart json, TokenizerFiles files)
    {
        json.Find("truncation")?.Only("direction", "max_length", "strategy", "stride");
        json.Find("padding")?.Only("direction", "pad_id", "pad_to_multiple_of", "pad_token", "pad_type_id", "strategy");
        var model = json["model"];
        var kind = model.Text("type")
            ?? (
                model.Has("merges") ? "BPE"
                : model.Has("unk_id") ? "Unigram"
                : model.Has("max_input_chars_per_word") ? "WordPiece"
                : "WordLevel"
            );
        var (vocabulary, scores) = ReadVocabulary(model, kind);
        AddedToken[] added = [.. json.Find("added_tokens") is { } list ? list.Items().Select(AddedToken.Read) : []];
        foreach (var token in added)
            if (!vocabulary.TryAddOutside(token.Content, token.Id))
                throw json["added_tokens"]
                    .Bad($"gives '{token.Content}' the id {token.Id}, which is that of '{vocabulary.Token(token.Id)}'");

        var preTokenizers = json.Find("pre_tokenizer") is { } pre ? PreTokenizer.Read(pre).ToArray() : [];
        var byteLevel = preTokenizers.Any(p => p is ByteLevelPreTokenizer);
        if (byteLevel && kind != "BPE")
            throw json["pre_tokenizer"].Bad($"is ByteLevel, which is supported before BPE only; the model is {kind}");
        if (vocabulary.Size == 0)
            throw model.Bad("has no tokens");
        return new()
        {
            Source = json.Source,
            Files = files,
            Definition = json,
            Vocabulary = vocabulary,
            Added = added,
            Normalizer = json.Find("normalizer") is { } normalizer ? Normalizer.Read(normalizer) : null,
            PreTokenizers = preTokenizers,
            Model = kind switch
            {
                "BPE" => BpeModel.Read(model, vocabulary, byteLevel),
                "WordPiece" => WordPieceModel.Read(model, vocabulary),
                "Unigram" => UnigramModel.Read(model, vocabulary, scores),
                "WordLevel" => WordLevelModel.Read(model, vocabulary),
                _ => throw model.Bad($"is of the type '{kind}', which is not supported; expected BPE, WordPiece, Unigram or WordLevel"),
            },
            Decoder = json.Find("decoder") is { } decoder ? TokenDecoder.Read(decoder) : new SpacesDecoder(),
            Frame = json.Find("post_processor") is { } post ? Frame.Read(post) : Frame.Bare,
            Roles = TokenizerParts.FindRoles(files, vocabulary.Find, model.Text("unk_token")),
        };
    }

    private static (TokenTable Tokens, IReadOnlyList<double> Scores) ReadVocabulary(JsonPart model, string kind)
    {
        var vocabulary = new TokenTable();
        var list = model["vocab"];
        if (kind == "Unigram")
        {
            var scores = new List<double>();
            foreach (var item in list.Items())
            {
                if (item.Items().ToArray() is not [var token, var score] || score.Value.ValueKind != JsonValueKind.Number)
                    throw item.Bad("is not a token and its score");
                vocabulary.TryAdd(token.String(), scores.Count);
                scores.Add(score.Value.GetDouble());
            }

            return (vocabulary, scores);
        }

        if (list.Value.ValueKind != JsonValueKind.Object)
            throw list.Bad("is no list of tokens with ids");
        foreach (var token in list.Value.EnumerateObject())
        {
            var id = new JsonPart(list.Source, $"{list.Path}.{token.Name}", token.Value).Id();
            if (!vocabulary.TryAdd(token.Name, id))
                throw list.Bad(
                    vocabulary.Find(token.Name) is null ? $"gives two tokens the id {id}" : $"has the token '{token.Name}' twice"
                );
        }

        return (vocabulary, []);
    }
}
