using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Tuning.Adapters;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Gguf;

/// <summary>
/// A low-rank adapter as a file of its own, which llama.cpp puts onto the file of its model: for each map that it updates, A and B under
/// the name of the map's weight.
/// </summary>
internal static class GgufAdapter
{
    /// <summary>Writes it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="model">The model, with the adapter on it.</param>
    /// <param name="type">How the numbers are kept.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>What was measured.</returns>
    /// <exception cref="ModelException">The adapter is more than low-rank updates; the text says what.</exception>
    public static string Write(string file, string name, LanguageModel model, GgufType type, CancellationToken cancellation)
    {
        var gguf = GgufModel.Of(model);
        var updates = Updates(model).ToList();
        // One alpha for all; what a map's scale is beyond it, as rank and alpha patterns make it, is in its B.
        var alpha = updates[0].Update.Scale * updates[0].Update.A.size(0);
        List<GgufTensor> tensors = [];
        foreach (var (map, update) in updates)
        {
            var part = gguf.PartOf(map) ?? throw Refused($"it updates {map.Name}, which the file of the model does not have");
            var factor = update.Scale * update.A.size(0) / alpha;
            var isTable = map.Sites.Contains(Site.Embedding);
            Tensor a = isTable ? update.A.t() : update.A,
                b = update.B;
            // [rank, in], or [tokens, rank] of the table of tokens; [out, rank]
            tensors.Add(new($"{part.Name}.weight.lora_a", a.shape, type, () => a.detach().cpu().contiguous()));
            tensors.Add(new($"{part.Name}.weight.lora_b", b.shape, type, () => (part.Rows(b.detach()) * factor).cpu().contiguous()));
        }

        KeyValuePair<string, object>[] settings =
        [
            new("general.architecture", gguf.Architecture),
            new("general.type", "adapter"),
            new("general.name", name),
            new("adapter.type", "lora"),
            new("adapter.lora.alpha", alpha),
        ];
        GgufWriter.Write(file, settings, tensors, cancellation);
        return GgufExport.Said(file, tensors, GgufCheck.Compare(file, tensors, cancellation));
    }

    private static IEnumerable<(LinearLayer Map, LowRank Update)> Updates(LanguageModel model)
    {
        if (model.SoftPrompt is not null || model.Prefix is not null)
            throw Refused("it has virtual tokens");
        if (model.Sublayers.Any(part => part.Updates.Count > 0))
            throw Refused("it adds parts to layers");
        if (model.Replaced.Count > 0)
            throw Refused("it has weights that were trained whole (modules_to_save, biases)");
        var none = true;
        foreach (var map in model.LinearLayers)
        foreach (var update in map.Updates)
        {
            none = false;
            if (update is not LowRank low)
                throw Refused($"what it does to {map.Name} is no low-rank update");
            if (low.Magnitude is not null)
                throw Refused($"it trains the lengths of the rows of {map.Name} (use_dora)");
            if (low.Bias is not null)
                throw Refused($"it adds a bias to {map.Name} (lora_bias)");
            if (model.IsTied(map))
                throw Refused($"it updates {map.Name}, whose weight is the embedding's and the head's");
            yield return (map, low);
        }

        if (none)
            throw Refused("it updates no map");
    }

    private static ModelException Refused(string why) =>
        new(
            $"the adapter cannot be said as a GGUF adapter: {why}. Carry the whole model away (--to gguf), where the adapter can be "
                + "folded in."
        );
}
