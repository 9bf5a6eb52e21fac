using System.Text;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Tuning.Adapters;
using static TorchSharp.torch;

namespace TaskDsl.App.Tests;

/// <summary>Small models and adapters on disk.</summary>
internal static class ModelFolders
{
    private static readonly NewDecoder Shape = new()
    {
        VocabularySize = 300,
        HiddenSize = 32,
        Layers = 2,
        Heads = 2,
        KeyValueHeads = 1,
        FeedForwardSize = 64,
        MaxPositions = 64,
    };

    /// <summary>A decoder of some thousand weights with a tokenizer of bytes.</summary>
    public static LoadedModel Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var model = Shape.Open(
            new ModelRequest { ProjectDirectory = ".", Corpus = [Encoding.UTF8.GetBytes("A day of sun, a day of rain.")] }
        );
        model.Save(folder);
        return model;
    }

    /// <summary>An adapter that changes what the model computes.</summary>
    public static void Adapt(LoadedModel model, TuningMethod tuning, string folder, string baseModel)
    {
        Directory.CreateDirectory(folder);
        using var tuned = tuning.Start(model.Model, 1);
        using (no_grad())
            foreach (var parameter in tuned.Trained.Values)
                parameter.add_(randn_like(parameter), alpha: 0.05);
        tuned.Save(folder, baseModel);
    }

    /// <summary>Changes some settings of a JSON file; null takes one away.</summary>
    public static void Edit(string path, params ReadOnlySpan<(string Name, JsonNode? Value)> settings)
    {
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        foreach (var (name, value) in settings)
        {
            json.Remove(name);
            if (value is not null)
                json.Add(name, value);
        }

        File.WriteAllText(path, json.ToJsonString());
    }

    /// <summary>What a decoder makes of some tokens.</summary>
    public static Tensor Logits(LoadedModel model)
    {
        using var ungraded = no_grad();
        return model.Decoder.Logits(model.Decoder.Hidden(arange(24, dtype: ScalarType.Int64).view(2, 12)));
    }
}
