using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.HuggingFace.Tokenizers.Models;

namespace TaskDsl.HuggingFace.Tokenizers.Reading;

/// <summary>Reads BERT's <c>vocab.txt</c>, a token a line, as the <c>tokenizer.json</c> that Hugging Face makes of it.</summary>
internal static class VocabularyTextReader
{
    private static readonly string[] Classes =
    [
        "BertTokenizer",
        "DistilBertTokenizer",
        "ElectraTokenizer",
        "bert",
        "distilbert",
        "electra",
    ];

    public static TokenizerParts Read(TokenizerFiles files)
    {
        var path = files.PathOf("vocab.txt");
        if (files.Class is { } name && !Classes.Contains(name))
            throw new ModelException(
                $"{path}: the tokenizer's class is '{name}', which is not supported in this form; expected "
                    + $"{string.Join(", ", Classes)}, or a tokenizer.json."
            );
        var config = files.Config;
        if (!config.Flag("do_basic_tokenize", true) || config.Find("never_split") is not null)
            throw config.Bad("has do_basic_tokenize: false or never_split, which are not supported");
        var vocabulary = new JsonObject();
        var lines = files.Lines("vocab.txt");
        for (var id = 0; id < lines.Length - (lines[^1].Length == 0 ? 1 : 0); id++)
            if (!vocabulary.TryAdd(lines[id], id))
                throw new ModelException($"{path}({id + 1}): the token '{lines[id]}' is there twice.");
        int? Find(string token) => vocabulary[token]?.GetValue<int>();
        var names = new Dictionary<string, string>
        {
            ["pad_token"] = "[PAD]",
            ["unk_token"] = "[UNK]",
            ["cls_token"] = "[CLS]",
            ["sep_token"] = "[SEP]",
            ["mask_token"] = "[MASK]",
        };
        var added = OutsideTokens.Read(files, names, Find);
        var (cls, sep) = (Role("cls_token"), Role("sep_token"));
        var lowercase = config.Flag("do_lower_case", true);
        var json = new JsonObject
        {
            ["normalizer"] = new JsonObject
            {
                ["type"] = "BertNormalizer",
                ["clean_text"] = true,
                ["handle_chinese_chars"] = config.Flag("tokenize_chinese_chars", true),
                ["strip_accents"] = config.Flag("strip_accents", lowercase),
                ["lowercase"] = lowercase,
            },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["decoder"] = new JsonObject { ["type"] = "WordPiece" },
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = files.RoleToken("unk_token") ?? "[UNK]",
                ["vocab"] = vocabulary,
            },
        };
        var parts = TokenizerJsonReader.Read(new(path, "", JsonSerializer.SerializeToElement(json)), files);
        foreach (var token in added)
            if (!parts.Vocabulary.TryAddOutside(token.Content, token.Id))
                throw new ModelException($"{path}: the added token '{token.Content}' has the id of '{parts.Vocabulary.Token(token.Id)}'.");
        return parts with { Added = added, Frame = Frame.Bert(cls, sep), Roles = TokenizerParts.FindRoles(files, parts.Vocabulary.Find) };

        int Role(string role)
        {
            var token = files.RoleToken(role) ?? names[role];
            return Find(token) ?? throw new ModelException($"{path}: there is no token '{token}', the {role}.");
        }
    }
}
