import { BoardError, type BoardType } from './board';
import { XILINX_ZYNQ_A9 } from './xilinx-zynq-a9';

/** The machines that `-M` can name. */
export const BOARDS: readonly BoardType[] = [XILINX_ZYNQ_A9];

/** The machine of that name. Throws {@link BoardError} that lists the known ones. */
export function findBoard(name: string): BoardType {
  const board = BOARDS.find((type) => type.name === name);
  if (board) return board;
  const known = BOARDS.map((type) => `${type.name} (${type.description})`).join(', ');
  throw new BoardError(`unsupported machine type '${name}'; there is: ${known}`);
}
