using System.Text.Json;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Torch.Tests.Objectives;
using TaskDsl.Torch.Tuning.Adapters;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>A training run of 20 steps that was made with transformers and PEFT.</summary>
internal sealed class GoldenRun : IDisposable
{
    private readonly JsonDocument json;
    private readonly SafetensorsFile batches;

    /// <summary>Reads it.</summary>
    /// <param name="model">The folder of the model.</param>
    /// <param name="method">The folder of the run.</param>
    /// <param name="device">Where it computes. Default: the CPU.</param>
    public GoldenRun(string model, string method, Device? device = null)
    {
        Folder = Path.Combine(AppContext.BaseDirectory, "Golden", model, "train", method);
        json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "golden.json")));
        batches = SafetensorsFile.Open(Path.Combine(Folder, "..", "batches.safetensors"));
        Model = LanguageModel.Load(Path.Combine(Folder, "..", ".."), device);
    }

    public string Folder { get; }

    public LanguageModel Model { get; }

    /// <summary>The numbers of 16 bits that matrix products compute in. Default: in their own.</summary>
    public ScalarType? Numbers { get; init; }

    public IReadOnlyList<double> Losses => [.. json.RootElement.GetProperty("loss").EnumerateArray().Select(v => v.GetDouble())];

    public IReadOnlyList<double> Norms =>
        [.. json.RootElement.GetProperty("grad_norm_before_clip").EnumerateArray().Select(v => v.GetDouble())];

    public double Rate => json.RootElement.GetProperty("lr_used").EnumerateArray().Max(v => v.GetDouble());

    public JsonElement this[string name] => json.RootElement.GetProperty(name);

    /// <summary>The rows of batch 0 to 3: what is read, and what must be written.</summary>
    public List<TokenSequence> Rows(int batch)
    {
        var ids = batches.Read($"{batch}/input_ids");
        var labels = batches.Read($"{batch}/labels");
        var mask = batches.Read($"{batch}/attention_mask");
        var rows = new List<TokenSequence>();
        for (var row = 0; row < ids.size(0); row++)
        {
            var length = (int)mask[row].sum().ToInt64();
            int[] read = [.. ids[row].data<long>().ToArray().Take(length).Select(i => (int)i)];
            long[] label = labels[row].data<long>().ToArray();
            int[] written = Model is EncoderDecoder ? [.. label.Where(l => l != -100).Select(l => (int)l)] : [];
            bool[] answer =
                Model is EncoderDecoder
                    ? [.. read.Select(_ => false), .. written.Select(_ => true)]
                    : [.. label.Take(length).Select(l => l != -100)];
            rows.Add(new TokenSequence([.. read, .. written], answer, new("golden", row)));
        }

        return rows;
    }

    /// <summary>The loss of a batch, a mean.</summary>
    public SingleLoss Loss(int batch, Func<List<TokenSequence>, IReadOnlyList<TokenBatch>>? split = null)
    {
        if (Model is Encoder encoder)
        {
            var hidden = encoder.Hidden(
                Read(batch, "input_ids"),
                batches.Tensors.ContainsKey($"{batch}/token_type_ids") ? Read(batch, "token_type_ids") : null,
                AttentionPattern.Padded(Read(batch, "attention_mask"))
            );
            var labels = Read(batch, "labels");
            return new(
                nn.functional.cross_entropy(encoder.Logits(hidden.select(1, 0)), labels, reduction: nn.Reduction.Sum),
                labels.size(0),
                []
            );
        }

        var sum = zeros([], device: Model.Device);
        double count = 0;
        foreach (var part in split?.Invoke(Rows(batch)) ?? [new TokenBatch([.. Rows(batch).Select(r => new[] { r })], 0)])
        {
            var loss = new Supervised().Loss(Model, part);
            (sum, count) = (sum + loss.Sum, count + loss.Count);
        }

        return new(sum, count, []);
    }

    /// <summary>Trains as the reference did.</summary>
    /// <returns>The loss and the gradients' norm of each step, before its update.</returns>
    public IEnumerable<(double Loss, double Norm)> Train(
        TunedModel tuned,
        Schedule schedule,
        double clip = 0,
        Func<List<TokenSequence>, IReadOnlyList<TokenBatch>>? split = null
    )
    {
        var adamw = new AdamW { LearningRate = Rate, WeightDecay = 0.01 };
        using var parameters = adamw.Flatten(tuned);
        using var optimizer = adamw.Start(parameters);
        for (var step = 0; step < 20; step++)
        {
            parameters.ClearGradients();
            using var scope = NewDisposeScope();
            SingleLoss loss;
            using (Autocast.Begin(Model.Device, Numbers))
                loss = Loss(step % 4, split);
            Gradients.Backward(loss.Sum);
            var norm = parameters.Normalise(loss.Count, clip);
            optimizer.Step(schedule.Factor(step, 20));
            yield return (loss.Sum.ToDouble() / loss.Count, norm);
        }
    }

    private Tensor Read(int batch, string name) => batches.Read($"{batch}/{name}").to(Model.Device);

    public void Dispose()
    {
        Model.Dispose();
        batches.Dispose();
        json.Dispose();
    }
}
