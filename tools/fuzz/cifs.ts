/** Crystals in the forms that CIF has: symmetry as a name, a Hall symbol or a list; values with errors, in quotes and texts. */
const cell = (a: number, b = a, c = a, gamma = 90) =>
  `_cell_length_a ${a}(3)\n_cell_length_b ${b}\n_cell_length_c ${c}\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma ${gamma}\n`;

export const CIFS: readonly string[] = [
  `# fluorite\ndata_ZrO2\n_chemical_formula_sum 'Zr O2'\n${cell(5.14335)}_space_group_name_H-M_alt 'F m -3 m'
loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\nZr1 0 0 0 0.9\nY1 0 0 0 0.1\nO1 0.25 0.25 0.25 1\n`,
  `data_\n_chemical_name_common\n;\n  gallium\nnitride\n;\n${cell(3.19, 3.19, 5.189, 120)}_space_group_name_Hall "P 6c -2c"
loop_\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_B_iso_or_equiv\nGa3+ 1/3 2/3 0 0.3(1)\nN 0.33333 0.66667 .377 ?\n`,
  `data_a\n_publ_author 'x'\ndata_b\n${cell(4.2)}loop_\n_symmetry_equiv_pos_site_id\n_symmetry_equiv_pos_as_xyz\n1 x,y,z\n2 '-x, -y, z'\n3 "1/2+x,1/2+y,z"
loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_calc_flag\n_atom_site_U_iso_or_equiv\nMg 0 0 0 d 0.005\nO 0.5(1) .5 0.5 d .\n`,
];
