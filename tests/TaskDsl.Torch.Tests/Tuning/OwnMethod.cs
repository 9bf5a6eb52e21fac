using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

/// <summary>
/// A method as a project of a user's own has it: what a map gives is turned into few numbers by a matrix that all maps share, weighed, and
/// turned back.
/// </summary>
[Keyword("own_method"), Peft("OWN_METHOD", Prefix = "owned_")]
public sealed record OwnMethod : LinearTuning
{
    /// <summary>How many numbers.</summary>
    [Range(1, 64), Stored("own_size")]
    public int Size { get; init; } = 8;

    /// <inheritdoc/>
    protected override LinearUpdate On(LinearLayer map, AdapterWeights weights)
    {
        var shared = weights.Shared("own_method_shared", [Size, Math.Max(weights.WidestInput, weights.WidestOutput)], () =>
            randn(Size, Math.Max(weights.WidestInput, weights.WidestOutput)) * 0.1
        );
        var down = weights.Keep(shared.narrow(1, 0, map.Inputs)); // [size, in]
        var up = weights.Keep(shared.narrow(1, 0, map.Outputs)); // [size, out]
        return new Weighed(
            LinearUpdate.Add(x => (x.matmul(down.t()) * Scale()).matmul(up), () => up.t().mm(Scale().unsqueeze(1) * down)),
            weights.Trained("owned_scale", Size, 0)
        );

        Tensor Scale() => map.Updates.OfType<Weighed>().Single().Scale;
    }

    /// <summary>The update, with the step that it saw last.</summary>
    public sealed class Weighed(LinearUpdate inner, Tensor scale) : LinearUpdate
    {
        /// <summary>How much each number counts.</summary>
        public Tensor Scale => scale;

        /// <summary>The step and all steps, as the trainer said them last.</summary>
        public (int Step, int Steps) Seen { get; private set; } = (-1, 0);

        /// <inheritdoc/>
        public override void BeforeStep(int step, int steps) => Seen = (step, steps);

        /// <inheritdoc/>
        public override Tensor Forward(LinearMap map, Tensor x) => inner.Forward(map, x);

        /// <inheritdoc/>
        public override (Tensor Matrix, Tensor? Bias) Merged(LinearMap map) => inner.Merged(map);
    }
}
