using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.HuggingFace.Tokenizers.Models;

namespace TaskDsl.HuggingFace.Tokenizers.Reading;

/// <summary>Reads GPT-2's <c>vocab.json</c> and <c>merges.txt</c>, as the <c>tokenizer.json</c> that Hugging Face makes of them.</summary>
internal static class VocabularyAndMergesReader
{
    private const string Qwen2 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private static readonly string[] Gpt2Classes = ["GPT2Tokenizer", "gpt2"],
        QwenClasses = ["Qwen2Tokenizer", "qwen2", "qwen3"],
        RobertaClasses = ["RobertaTokenizer", "BartTokenizer", "LongformerTokenizer", "roberta", "bart", "longformer"];

    public static TokenizerParts Read(TokenizerFiles files)
    {
        var path = files.PathOf("vocab.json");
        var vocab = files.Json("vocab.json")!.Value;
        var roberta = RobertaClasses.Contains(files.Class);
        var qwen = QwenClasses.Contains(files.Class);
        if (files.Class is { } name && !roberta && !qwen && !Gpt2Classes.Contains(name))
            throw new ModelException(
                $"{path}: the tokenizer's class is '{name}', which is not supported in this form; expected "
                    + $"{string.Join(", ", [.. Gpt2Classes, .. QwenClasses, .. RobertaClasses])}, or a tokenizer.json."
            );
        if (vocab.Value.EnumerateObject().Any(t => t.Name.EndsWith("</w>", StringComparison.Ordinal) && t.Name.Length > 4))
            throw vocab.Bad("marks the ends of words (</w>), which is not supported without a tokenizer.json");
        var merges = new JsonArray();
        foreach (var line in files.Lines("merges.txt"))
            if (line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal))
                merges.Add(line);
        var byteLevel = new JsonObject
        {
            ["type"] = "ByteLevel",
            ["add_prefix_space"] = files.Config.Flag("add_prefix_space"),
            ["use_regex"] = !qwen,
        };
        var json = new JsonObject
        {
            ["normalizer"] = qwen ? new JsonObject { ["type"] = "NFC" } : null,
            ["pre_tokenizer"] = !qwen
                ? byteLevel
                : new JsonObject
                {
                    ["type"] = "Sequence",
                    ["pretokenizers"] = new JsonArray(
                        new JsonObject
                        {
                            ["type"] = "Split",
                            ["pattern"] = new JsonObject { ["Regex"] = Qwen2 },
                            ["behavior"] = "Isolated",
                        },
                        byteLevel
                    ),
                },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = JsonObject.Create(vocab.Value),
                ["merges"] = merges,
            },
        };
        var parts = TokenizerJsonReader.Read(new(path, "", JsonSerializer.SerializeToElement(json)), files);
        var names = roberta
            ? new Dictionary<string, string>
            {
                ["bos_token"] = "<s>",
                ["eos_token"] = "</s>",
                ["sep_token"] = "</s>",
                ["cls_token"] = "<s>",
                ["unk_token"] = "<unk>",
                ["pad_token"] = "<pad>",
                ["mask_token"] = "<mask>",
            }
            : new Dictionary<string, string>
            {
                ["bos_token"] = "<|endoftext|>",
                ["eos_token"] = "<|endoftext|>",
                ["unk_token"] = "<|endoftext|>",
                ["pad_token"] = "<|endoftext|>",
            };
        var added = OutsideTokens.Read(files, names, parts.Vocabulary.Find, strippedMask: true);
        foreach (var token in added)
            if (!parts.Vocabulary.TryAddOutside(token.Content, token.Id))
                throw new ModelException($"{path}: the added token '{token.Content}' has the id of '{parts.Vocabulary.Token(token.Id)}'.");
        return parts with
        {
            Added = added,
            Frame =
                roberta ? Frame.Roberta(Role("cls_token"), Role("sep_token"))
                : files.Config.Flag("add_bos_token") ? Frame.Around([Role("bos_token")], [], 1)
                : Frame.Bare,
            Roles = TokenizerParts.FindRoles(files, parts.Vocabulary.Find),
        };

        int Role(string role)
        {
            var token = files.RoleToken(role) ?? names[role];
            return parts.Vocabulary.Find(token) ?? throw new ModelException($"{path}: there is no token '{token}', the {role}.");
        }
    }
}
