using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Optimizers.Steps;

/// <summary>
/// All trained tensors as one: their values are moved into one flat float32 buffer, their gradients into another, and the tensors
/// themselves become views of these. One pass then clips, steps or clears everything.
/// </summary>
public sealed class FlatParameters : IDisposable
{
    /// <summary>
    /// Each tensor begins at a multiple of so many numbers: no block of a block-wise optimizer reaches from one into the next.
    /// </summary>
    private const int Alignment = Native.AdamW8BitKernel.Block;
    private readonly List<Tensor> gradients = [];

    /// <summary>Moves tensors into one buffer. They must be float32 and on one device.</summary>
    /// <param name="parameters">The tensors, by name.</param>
    /// <param name="group">What is particular about the steps of each. Default: nothing.</param>
    public FlatParameters(IReadOnlyDictionary<string, Parameter> parameters, Func<string, ParameterGroup>? group = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (parameters.Count == 0)
            throw new ArgumentException("There is nothing to train.", nameof(parameters));
        Parameters = parameters;
        var device = parameters.Values.First().device;
        var size = parameters.Values.Sum(p => Aligned(p.numel()));
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        Values = zeros(size, ScalarType.Float32, device);
        Gradients = zeros(size, ScalarType.Float32, device);
        long at = 0;
        var groups = new List<(long Start, long Length, ParameterGroup Group)>();
        var places = new List<(long Start, IReadOnlyList<long> Shape, ParameterGroup Group)>();
        // The sort is stable: what an optimizer remembers is stored in this order.
        foreach (
            var (name, parameter, own) in parameters
                .Select(p => (p.Key, p.Value, Group: group?.Invoke(p.Key) ?? new()))
                .OrderBy(p => p.Group.LearningRate)
                .ThenBy(p => p.Group.Decays)
        )
        {
            if (groups.Count == 0 || groups[^1].Group != own)
                groups.Add((at, 0, own));
            if (parameter.dtype != ScalarType.Float32 || (parameter.device.type, parameter.device.index) != (device.type, device.index))
                throw new ArgumentException(
                    $"'{name}' is {parameter.dtype} on {parameter.device}; what is trained is kept in float32 on one device ({device}).",
                    nameof(parameters)
                );
            var value = Values.narrow(0, at, parameter.numel()).view(parameter.shape);
            value.copy_(parameter);
            parameter.set_(value);
            parameter.requires_grad = true;
            var gradient = Gradients.narrow(0, at, parameter.numel()).view(parameter.shape);
            parameter.grad = gradient; // libtorch adds to a gradient that is there: backward fills the buffer.
            gradients.Add(gradient.DetachFromDisposeScope());
            places.Add((at, parameter.shape, own));
            at += Aligned(parameter.numel());
            groups[^1] = groups[^1] with { Length = at - groups[^1].Start };
            Count += parameter.numel();
        }

        (Groups, Places) = (groups, places);
        Values.DetachFromDisposeScope();
        Gradients.DetachFromDisposeScope();
    }

    /// <summary>The tensors, by name.</summary>
    public IReadOnlyDictionary<string, Parameter> Parameters { get; }

    /// <summary>All values, <c>[size]</c>; gaps between tensors hold zeros.</summary>
    public Tensor Values { get; }

    /// <summary>All gradients, <c>[size]</c>.</summary>
    public Tensor Gradients { get; }

    /// <summary>Parts of the buffers whose steps are alike.</summary>
    public IReadOnlyList<(long Start, long Length, ParameterGroup Group)> Groups { get; }

    /// <summary>Where each tensor lies, for optimizers that look at a matrix as a whole.</summary>
    public IReadOnlyList<(long Start, IReadOnlyList<long> Shape, ParameterGroup Group)> Places { get; }

    /// <summary>How many numbers are trained.</summary>
    public long Count { get; }

    /// <summary>Sets all gradients to zero.</summary>
    public void ClearGradients()
    {
        using var scope = NewDisposeScope(); // zero_ makes a wrapper of its own.
        using var ungraded = no_grad();
        Gradients.zero_();
    }

    /// <summary>
    /// Divides all gradients by a number, then scales them down to a largest norm if theirs is larger, in the way of PyTorch's
    /// <c>clip_grad_norm_</c>.
    /// </summary>
    /// <param name="divisor">What the gradients are a sum over.</param>
    /// <param name="clip">The largest norm; 0 for no limit.</param>
    /// <returns>The norm before clipping.</returns>
    public double Normalise(double divisor, double clip)
    {
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        var norm = Gradients.norm().ToDouble() / divisor;
        var scale = clip > 0 && norm > clip ? clip / (norm + 1e-6) : 1;
        // A tensor, not a number: TorchSharp wraps a number in a native object that only a finaliser frees.
        Gradients.mul_(tensor((float)(scale / divisor), device: Gradients.device));
        return norm;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var gradient in gradients)
            gradient.Dispose();
        Gradients.Dispose();
        Values.Dispose();
    }

    private static long Aligned(long count) => (count + Alignment - 1) / Alignment * Alignment;
}
