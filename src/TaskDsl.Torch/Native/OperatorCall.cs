using TorchSharp;

namespace TaskDsl.Torch.Native;

/// <summary>
/// One call of a libtorch operator by its name, through the stable C interface: arguments are pushed in the schema's order. Checks
/// belong to the caller, because libtorch's own text goes to standard error only.
/// </summary>
internal unsafe ref struct OperatorCall
{
    private const int Capacity = 16;
    private readonly Span<ulong> stack;
    private int count;
    private ulong kinds; // Four bits for each argument.

    /// <param name="stack">Room for 16 arguments: <c>stackalloc ulong[16]</c>.</param>
    public OperatorCall(Span<ulong> stack)
    {
        if (stack.Length < Capacity)
            throw new ArgumentException($"An operator call needs room for {Capacity} arguments.", nameof(stack));
        this.stack = stack;
    }

    /// <summary>What was pushed, in its order: what a schema must have, which libtorch does not check.</summary>
    public readonly IReadOnlyList<ArgumentKind> Kinds
    {
        get
        {
            var all = kinds;
            return [.. Enumerable.Range(0, count).Select(i => (ArgumentKind)(all >> (4 * i) & 15))];
        }
    }

    public OperatorCall Add(torch.Tensor tensor) => Push(ArgumentKind.Tensor, Copy(tensor));

    public OperatorCall Add(torch.Tensor? tensor, bool optional) =>
        Push(ArgumentKind.OptionalTensor, tensor is null && optional ? 0 : LibTorch.Box(Copy(tensor!)));

    public OperatorCall Add(double value) => Push(ArgumentKind.Number, BitConverter.DoubleToUInt64Bits(value));

    public OperatorCall Add(double? value, bool optional) =>
        Push(ArgumentKind.OptionalNumber, value is null && optional ? 0 : LibTorch.Box(BitConverter.DoubleToUInt64Bits(value!.Value)));

    public OperatorCall Add(long? value, bool optional) =>
        Push(ArgumentKind.OptionalInteger, value is null && optional ? 0 : LibTorch.Box(unchecked((ulong)value!.Value)));

    public OperatorCall Add(string ascii)
    {
        nint text;
        return LibTorch.NewString(ascii, (nuint)ascii.Length, &text) == 0
            ? Push(ArgumentKind.Text, (ulong)text)
            : throw new InvalidOperationException("libtorch could not make a text.");
    }

    public OperatorCall Add(long value) => Push(ArgumentKind.Integer, unchecked((ulong)value));

    public OperatorCall Add(bool value) => Push(ArgumentKind.Bool, value ? 1UL : 0UL);

    public OperatorCall Add(ReadOnlySpan<long> values)
    {
        var list = NewList(values.Length);
        foreach (var value in values)
            _ = LibTorch.Push(list, unchecked((ulong)value));
        return Push(ArgumentKind.Integers, (ulong)list);
    }

    public OperatorCall Add(ReadOnlySpan<torch.Tensor> tensors)
    {
        var list = NewList(tensors.Length);
        foreach (var tensor in tensors)
            _ = LibTorch.Push(list, Copy(tensor));
        return Push(ArgumentKind.Tensors, (ulong)list);
    }

    /// <summary>Calls an operator that returns one tensor.</summary>
    public torch.Tensor Tensor(string name, string overload = "")
    {
        Run(name, overload);
        return LibTorch.Wrap((nint)stack[0]);
    }

    /// <summary>Calls an operator that returns several tensors, of which the first is wanted.</summary>
    /// <param name="name">The operator.</param>
    /// <param name="tensors">How many there are; numbers behind them are left.</param>
    public torch.Tensor First(string name, int tensors)
    {
        Run(name);
        for (var i = 1; i < tensors; i++)
            _ = LibTorch.DeleteHandle((nint)stack[i]);
        return LibTorch.Wrap((nint)stack[0]);
    }

    /// <summary>Calls an operator that returns several tensors.</summary>
    public torch.Tensor[] Tensors(string name, int count)
    {
        Run(name);
        var results = new torch.Tensor[count];
        for (var i = 0; i < count; i++)
            results[i] = LibTorch.Wrap((nint)stack[i]);
        return results;
    }

    /// <summary>Calls an operator whose result is not wanted.</summary>
    public void Run(string name, string overload = "")
    {
        fixed (ulong* arguments = stack)
        {
            if (LibTorch.Call(name, overload, arguments) != 0)
                throw new InvalidOperationException($"libtorch could not run {name}; its reason stands on standard error.");
        }
    }

    private OperatorCall Push(ArgumentKind kind, ulong value)
    {
        kinds |= (ulong)kind << (4 * count);
        stack[count++] = value;
        return this;
    }

    private static nint NewList(int capacity)
    {
        nint list;
        return LibTorch.NewList((nuint)capacity, &list) == 0
            ? list
            : throw new InvalidOperationException("libtorch could not make a list.");
    }

    /// <summary>A handle of its own to the same tensor: the operator takes over its arguments and frees them.</summary>
    private static ulong Copy(torch.Tensor tensor)
    {
        nint copy;
        return LibTorch.NewHandle(tensor.Handle, &copy) == 0
            ? (ulong)copy
            : throw new InvalidOperationException("libtorch could not copy a tensor's handle.");
    }
}
