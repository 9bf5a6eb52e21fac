using System.Text.RegularExpressions;
using TaskDsl.Hub;

namespace TaskDsl.HuggingFace;

/// <summary>
/// Which files of a hub's repository are a model: configuration, tokenizer, chat template and weights as safetensors. Copies of the weights
/// in other formats are left where they are, and pickles are never taken.
/// </summary>
public static partial class ModelFiles
{
    private static readonly string[] Small =
    [
        "1_Pooling/config.json",
        "README.md",
        "adapter_config.json",
        "added_tokens.json",
        "chat_template.jinja",
        "chat_template.json",
        "config.json",
        "config_sentence_transformers.json",
        "generation_config.json",
        "merges.txt",
        "model.safetensors.index.json",
        "modules.json",
        "sentence_bert_config.json",
        "sentencepiece.bpe.model",
        "special_tokens_map.json",
        "spiece.model",
        "tokenizer.json",
        "tokenizer.model",
        "tokenizer_config.json",
        "vocab.json",
        "vocab.txt",
    ];

    /// <summary>The model that a repository holds.</summary>
    public static HubPart Of(HubRepository repository) => new(repository, listing => Choose(repository, listing));

    /// <summary>The folder of a repository's model, all of which is in the cache.</summary>
    /// <exception cref="ModelException">It is not; the message names the command that fetches it.</exception>
    public static string Folder(HubRepository repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        try
        {
            Of(repository).Find();
            return repository.Snapshot;
        }
        catch (HubException e)
        {
            throw new ModelException(e.Message, e);
        }
    }

    private static HubFile[] Choose(HubRepository repository, HubListing listing)
    {
        var names = listing.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        if (!names.Contains("config.json") && !names.Contains("adapter_config.json"))
            throw new HubException($"{repository} has neither config.json nor adapter_config.json: it is no model in Hugging Face layout");
        HubFile[] weights = [.. Weights(repository, listing, names)];
        return [.. listing.Files.Where(file => Small.Contains(file.Path)), .. weights];
    }

    private static IEnumerable<HubFile> Weights(HubRepository repository, HubListing listing, HashSet<string> names)
    {
        if (names.Contains("adapter_config.json") || names.Contains("model.safetensors"))
        {
            var name = names.Contains("adapter_config.json") ? "adapter_model.safetensors" : "model.safetensors";
            return listing.Files.FirstOrDefault(file => file.Path == name) is { } single
                ? [single]
                : throw Without(repository, name, names);
        }

        var shards = listing.Files.Select(file => (File: file, Name: Shard().Match(file.Path))).Where(s => s.Name.Success).ToList();
        var count = shards.Count == 0 ? 0 : shards.Max(shard => int.Parse(shard.Name.Groups["of"].ValueSpan, null));
        if (shards.Count == 0 || !names.Contains("model.safetensors.index.json"))
            throw Without(repository, "model.safetensors", names);
        return shards.Count == count
            ? shards.Select(shard => shard.File)
            : throw new HubException($"{repository} has {shards.Count} of the {count} files of its weights");
    }

    private static HubException Without(HubRepository repository, string name, HashSet<string> names) =>
        new(
            $"{repository} has no {name}"
                + (
                    names.Any(other => other.EndsWith(".bin", StringComparison.Ordinal) || other.EndsWith(".pt", StringComparison.Ordinal))
                        ? ": its weights are pickles, which can run any program and are never fetched or read. Choose a commit, or a "
                            + "repository, that has safetensors."
                        : ""
                )
        );

    [GeneratedRegex(@"^model-\d{5}-of-(?<of>\d{5})\.safetensors$")]
    private static partial Regex Shard();
}
